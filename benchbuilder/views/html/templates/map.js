// The topic map: colours by topic, by score or by selection; one topic can stand out.
const mapped = document.getElementById("map-topics") ? readMap() : null;

/** Columns of the map as arrays, topics, and the hover text of every point. */
function readMap() {
  const columns = Object.fromEntries(tables.map.map((column) => [column.name, column]));
  const rows = rowsOf("map");
  const all = (name) => Array.from({ length: rows }, (_, row) => valueOf(columns[name], row));
  const topics = JSON.parse(document.getElementById("map-topics").textContent);
  return {
    rows, topics, told: null,
    hues: new Map(topics.map((topic) => [topic.id, topic.hue])),
    x: all("x"), y: all("y"), topic: all("topic_id"), name: all("topic"), score: all("score"),
    selected: all("selected"), beginning: all("beginning"),
  };
}

function hoverTexts(width) {
  if (!mapped.told || mapped.width !== width) {
    mapped.width = width;
    mapped.told = mapped.beginning.map((text, row) => {
      const score = mapped.score[row] === null ? "no score" : `score ${mapped.score[row]}`;
      const chosen = mapped.selected[row] ? ", selected" : "";
      const topic = inLines(mapped.name[row] || "no topic", width);
      return `${inLines(text, width)}<br><b>${topic}</b><br>${score}${chosen}`;
    });
  }
  return mapped.told;
}

/** Two colours as #rrggbb, mixed. */
function mixed(from, to, share) {
  const parts = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const [a, b] = [parts(from), parts(to)];
  return "#" + a.map((part, i) => Math.round(part + (b[i] - part) * share)
    .toString(16).padStart(2, "0")).join("");
}

/** What a colour stands for, by the reader's choice: groups with colour, words, and a test. */
function groupsBy(choice, colour) {
  const none = { colour: colour("faint"), size: 0 };
  if (choice === "score") {
    const of = (score) => mixed(colour("low"), colour("high"), score / 7);
    const scores = [0, 1, 2, 3, 4, 5, 6, 7].map((score) => ({
      colour: of(score), words: `score ${score}`, has: (row) => mapped.score[row] === score,
    }));
    return [{ ...none, words: "no score", has: (row) => mapped.score[row] === null }, ...scores];
  }
  if (choice === "selected") {
    return [
      { ...none, words: "not selected", has: (row) => !mapped.selected[row] },
      { colour: colour("accent"), words: "selected", size: 2, has: (row) => mapped.selected[row] },
    ];
  }
  const hues = [0, 1, 2, 3, 4, 5, 6, 7].map((hue) => ({
    colour: colour(`hue-${hue}`), has: (row) => mapped.hues.get(mapped.topic[row]) === hue,
  }));
  return [{ ...none, words: "no topic", has: (row) => !mapped.hues.has(mapped.topic[row]) }, ...hues];
}

/** Names of topics where there is room, the largest first. */
function mapLabels(topics, colour, width, height) {
  const placed = [];
  for (const topic of topics) {
    const name = topic.name.length > 26 ? `${topic.name.slice(0, 25)}…` : topic.name;
    const box = {
      x: (topic.x + 1.06) / 2.12 * width, y: (topic.y + 1.06) / 2.12 * height,
      w: 6.1 * name.length + 10, h: 22, topic, name,
    };
    const free = placed.every((other) =>
      Math.abs(box.x - other.x) > (box.w + other.w) / 2 || Math.abs(box.y - other.y) > box.h);
    const inside = box.x > box.w / 2 && box.x < width - box.w / 2;
    if (free && inside) placed.push(box);
    if (placed.length === 30) break;
  }
  return placed.map(({ topic, name }) => ({
    x: topic.x, y: topic.y, text: plainText(name), showarrow: false, captureevents: false,
    font: { size: 11, color: colour("ink") }, bgcolor: `${colour("paper")}c8`, borderpad: 1,
  }));
}

const drawsMany = (() => {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl"));
})();

function tellKeys(groups) {
  const keys = document.getElementById("map-keys");
  const shown = groups.filter((group) => group.words && group.count);
  keys.replaceChildren(...shown.map((group) => {
    const key = document.createElement("span");
    const dot = document.createElement("i");
    dot.style.setProperty("--key", group.colour);
    key.append(dot, `${group.words} (n = ${group.count.toLocaleString("en")})`);
    return key;
  }));
  if (groups.some((group) => !group.words && group.count)) {
    keys.append("One colour a topic; neighbours differ, distant topics may share one.");
  }
}

/** The figure of the map; called by the script that draws all plots. */
function dressMap(layout, colour, canvas) {
  const choice = document.getElementById("map-colours").value;
  const single = document.getElementById("map-topic").value;
  const narrow = canvas.clientWidth < 520;
  const texts = hoverTexts(narrow ? 36 : 64);
  const inTopic = (row) => single === "" || String(mapped.topic[row]) === single;
  const groups = groupsBy(choice, colour).map((group) => ({ ...group, members: [] }));
  const others = { colour: colour("faint"), members: [], silent: true };
  for (let row = 0; row < mapped.rows; row++) {
    (inTopic(row) ? groups.find((group) => group.has(row)) : others).members.push(row);
  }
  for (const group of groups) group.count = group.members.length;
  tellKeys(groups);
  const size = mapped.rows > 5000 ? 4 : 6;
  const data = [others, ...groups].filter((group) => group.members.length).map((group) => ({
    type: drawsMany ? "scattergl" : "scatter", mode: "markers",
    x: group.members.map((row) => mapped.x[row]), y: group.members.map((row) => mapped.y[row]),
    text: group.members.map((row) => texts[row]),
    hovertemplate: group.silent ? undefined : "%{text}<extra></extra>",
    hoverinfo: group.silent ? "skip" : undefined,
    marker: { size: size + (group.size || 0), color: group.colour, opacity: 0.8, line: { width: 0 } },
  }));
  const named = mapped.topics.filter((topic) => single === "" || String(topic.id) === single);
  layout.annotations = mapLabels(named, colour, canvas.clientWidth, layout.height);
  layout.uirevision = "map";
  if (!narrow) {
    layout.dragmode = "zoom";
    for (const axis of ["xaxis", "yaxis"]) layout[axis] = { ...layout[axis], fixedrange: false };
  }
  return { data, layout };
}

if (mapped) {
  for (const id of ["map-colours", "map-topic"]) {
    document.getElementById(id).addEventListener("change", () => {
      document.dispatchEvent(new Event("redraw"));
    });
  }
}

const topicFilter = document.getElementById("topic-filter");
if (topicFilter) {
  const rows = Array.from(document.querySelectorAll(".topics tbody tr"));
  topicFilter.addEventListener("input", () => {
    const wanted = topicFilter.value.trim().toLowerCase();
    for (const row of rows) {
      const words = [0, 1, 2].map((cell) => row.cells[cell].textContent).join(" ");
      row.hidden = !words.toLowerCase().includes(wanted);
    }
    const shown = rows.filter((row) => !row.hidden).length;
    document.getElementById("topic-said").textContent =
      shown === rows.length ? "" : `${shown} of ${rows.length} topics shown.`;
  });
}
