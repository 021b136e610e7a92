// Plots: drawn after the page has been painted, in the colours of the reader's theme.

/** A text as plotly shows it: it reads a little HTML, which no text is. */
const plainText = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A text in lines of some width; plotly has no other way to break one. */
function inLines(text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    for (let rest = word; rest; rest = rest.slice(width)) {
      const piece = rest.slice(0, width);
      const last = lines[lines.length - 1];
      if (last && last.length + piece.length >= width) lines.push(piece);
      else lines[lines.length - 1] = last ? `${last} ${piece}` : piece;
    }
  }
  return lines.map(plainText).join("<br>");
}

(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Map();
  const PAPER_HEIGHT = 860;  // pixels: with its title and caption a plot stays on one page
  const onPaper = () => document.documentElement.classList.contains("printing");
  const DRAWING = {
    displayModeBar: false, responsive: false, doubleClick: "reset", plotGlPixelRatio: 2,
  };

  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    return (name) => style.getPropertyValue(`--${name}`).trim();
  };

  /** The colours of a trace by the part that it plays. */
  function paint(trace, colour) {
    const part = trace.meta.part;
    if (trace.type === "heatmap") {
      const scales = {
        quiet: [[0, colour("quiet")], [1, colour("quiet")]],
        sequential: [[0, colour("accent-soft")], [1, colour("accent")]],
        diverging: [[0, colour("warm")], [0.5, colour("middle")], [1, colour("accent")]],
      };
      return { ...trace, colorscale: scales[part] };
    }
    const own = part === "accent" ? colour("accent") : colour("soft");
    const line = { color: own };
    const painted = { ...trace, marker: { ...trace.marker, color: own }, textfont: { color: colour("ink") } };
    if (trace.error_x) painted.error_x = { ...trace.error_x, ...line };
    if (trace.error_y) painted.error_y = { ...trace.error_y, ...line };
    return painted;
  }

  const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
  const unescaped = (text) => text.replace(/&(lt|gt|amp);/g, (entity) => ENTITIES[entity]);

  /** Long names lose their middle, as names of one family differ at the end; the hover text has
      them whole. */
  function named(axis, names, pixels, narrow) {
    const size = Math.min(12, Math.floor(0.75 * (pixels / names.length)));
    if (size < 5) return { ...axis, showticklabels: false, ticks: "" };
    const most = Math.min(36, Math.floor((narrow ? 90 : 190) / (0.56 * size)));
    const tail = Math.floor((most - 1) / 2);
    const cut = (name) => {
      const whole = unescaped(name);
      if (whole.length <= most) return name;
      return plainText(`${whole.slice(0, most - 1 - tail)}…${whole.slice(-tail)}`);
    };
    return {
      ...axis, tickmode: "array", tickvals: names, ticktext: names.map(cut),
      tickfont: { size }, ticks: "",
    };
  }

  function dressed(figure, canvas) {
    const colour = colours();
    const width = canvas.clientWidth;
    const narrow = width < 520;
    const layout = {
      ...figure.layout,
      width,
      height: onPaper() ? Math.min(figure.layout.height, PAPER_HEIGHT) : figure.layout.height,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colour("ink") },
      hoverlabel: {
        bgcolor: colour("surface"), bordercolor: colour("soft"), font: { color: colour("ink") },
        align: "left", namelength: -1,
      },
    };
    const lines = {
      gridcolor: colour("line"), linecolor: colour("line"), zerolinecolor: colour("line"),
    };
    for (const axis of ["xaxis", "yaxis"]) layout[axis] = { ...layout[axis], ...lines };
    const title = (layout.xaxis.title || {}).text;
    if (title) layout.xaxis.title = { text: inLines(unescaped(title), Math.floor(width / 8)) };
    const first = figure.data[0];
    const { long_names: long = [], narrow_range: range } = figure.layout.meta || {};
    if (narrow && range) layout.xaxis = { ...layout.xaxis, range };
    if (long.includes("x")) layout.xaxis = named(layout.xaxis, first.x, 0.8 * width, narrow);
    if (long.includes("y")) layout.yaxis = named(layout.yaxis, first.y, layout.height - 120, narrow);
    if ((figure.layout.meta || {}).points) return dressMap(layout, colour, canvas);
    const data = figure.data.map((trace) => {
      const painted = paint(trace, colour);
      if (painted.colorbar && narrow) painted.showscale = false;
      if (painted.mode === "markers+text" && narrow && trace.text.length > 8) painted.mode = "markers";
      return painted;
    });
    return { data, layout };
  }

  function draw(canvas) {
    const figure = drawn.get(canvas) ||
      JSON.parse(canvas.parentNode.querySelector("script.figure").textContent);
    drawn.set(canvas, figure);
    const { data, layout } = dressed(figure, canvas);
    canvas.style.height = `${layout.height}px`;
    Plotly.react(canvas, data, layout, DRAWING);
  }

  /** One plot a turn, so that the page stays responsive; those of hidden boards wait. */
  function drawNext() {
    const open = Array.from(document.querySelectorAll(".canvas"))
      .find((canvas) => !drawn.has(canvas) && canvas.clientWidth > 0);
    if (!open) return;
    draw(open);
    setTimeout(drawNext);
  }

  function redraw() {
    for (const canvas of drawn.keys()) if (canvas.clientWidth > 0) draw(canvas);
  }

  /** Paper is light, and it cannot unfold anything. */
  function printing(begins) {
    document.documentElement.classList.toggle("printing", begins);
    for (const details of document.querySelectorAll("details")) {
      if (begins) details.dataset.before = details.open;
      details.open = begins || details.dataset.before === "true";
    }
    redraw();
  }

  function start() {
    const library = document.createElement("script");
    library.textContent = document.getElementById("plotly-source").textContent;
    document.head.append(library);
    drawNext();
    document.addEventListener("boardchosen", () => { redraw(); drawNext(); });
    document.addEventListener("redraw", redraw);
    dark.addEventListener("change", redraw);
    addEventListener("beforeprint", () => printing(true));
    addEventListener("afterprint", () => printing(false));
    let waiting;
    addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(redraw, 120); });
  }
  requestAnimationFrame(() => setTimeout(start));
})();
