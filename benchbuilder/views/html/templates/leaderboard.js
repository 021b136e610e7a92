// The leaderboard: find a model, look at one topic or judge, switch to equal style, choose a board.

/** Win rates of a part of the games by model: Map of model -> {rate, low, high, n, shift}. */
function numbersOf(name, wanted) {
  const columns = Object.fromEntries((tables[name] || []).map((column) => [column.name, column]));
  const found = new Map();
  for (let row = 0; row < rowsOf(name); row++) {
    const get = (column) => (columns[column] ? valueOf(columns[column], row) : null);
    if (Object.entries(wanted).every(([column, value]) => get(column) === value)) {
      found.set(get("model"), {
        rate: get("win_rate"), low: get("lower"), high: get("upper"), n: get("prompts"),
        shift: get("shift_points"),
      });
    }
  }
  return found;
}

const percent = (share) => (share === null ? "–" : `${(100 * share).toFixed(1)}%`);
const limits = (low, high) =>
  low === null ? "–" : `${(100 * low).toFixed(1)} – ${(100 * high).toFixed(1)}`;

function setCell(row, name, text, value) {
  const cell = row.querySelector(`td.${name}`);
  if (!cell) return;
  cell.textContent = text;
  cell.dataset.value = value === null ? "" : value;
}

/** Show other numbers in a row; the circle marks where the dot stood before. */
function showNumbers(row, numbers) {
  const lane = row.querySelector(".lane");
  const { rate, low, high } = numbers;
  lane.hidden = rate === null;
  lane.style.setProperty("--at", 100 * rate);
  lane.style.setProperty("--low", 100 * (low ?? rate));
  lane.style.setProperty("--high", 100 * (high ?? rate));
  setCell(row, "rate", percent(rate), rate);
  setCell(row, "interval", limits(low, high), low);
}

for (const board of document.querySelectorAll(".board")) {
  const table = board.querySelector(".leaderboard");
  const rows = Array.from(table.tBodies[0].rows);
  const said = board.querySelector(".said");
  const find = board.querySelector(".filter");
  const parts = board.querySelectorAll("select.part");
  const style = board.querySelector(".style-switch");
  const whose = { baseline: board.dataset.baseline, category: board.dataset.category };
  const plain = rows.map((row) => ({
    cells: new Map(["rank", "rate", "interval", "n", "coverage"].map((name) => {
      const cell = row.querySelector(`td.${name}`);
      return [name, [cell.textContent, cell.dataset.value]];
    })),
    lane: row.querySelector(".lane").getAttribute("style"),
    hidden: row.querySelector(".lane").hidden,
  }));

  const restore = () => {
    table.classList.remove("styled");
    rows.forEach((row, i) => {
      for (const [name, [text, value]] of plain[i].cells) setCell(row, name, text, value);
      const lane = row.querySelector(".lane");
      lane.setAttribute("style", plain[i].lane || "");
      lane.hidden = plain[i].hidden;
    });
  };
  const tell = (sentence) => {
    const shown = rows.filter((row) => !row.hidden).length;
    const counted = shown === rows.length ? "" : `${shown} of ${rows.length} models shown. `;
    said.textContent = counted + sentence;
  };
  let sentence = "";
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.dataset.model.toLowerCase().includes(wanted);
    tell(sentence);
  });
  const showPart = (dimension, part) => {
    const numbers = numbersOf("breakdown", { ...whose, dimension, part });
    for (const row of rows) {
      setCell(row, "rank", "–", null);
      setCell(row, "coverage", "–", null);
      if (row.classList.contains("baseline")) continue;
      const found = numbers.get(row.dataset.model) || { rate: null, low: null, high: null, n: 0 };
      showNumbers(row, found);
      setCell(row, "n", String(found.n), found.n);
    }
    const most = Math.max(...Array.from(numbers.values(), (found) => found.n));
    sentence = `On the ${dimension} “${part}” alone, up to ${most} questions. ` +
      "Rank ranges exist for all questions together only.";
  };
  const showStyle = () => {
    const numbers = numbersOf("style", whose);
    table.classList.add("styled");
    for (const row of rows) {
      const found = numbers.get(row.dataset.model);
      const lane = row.querySelector(".lane");
      lane.style.setProperty("--was", lane.style.getPropertyValue("--at"));
      setCell(row, "rank", "–", null);
      if (found) showNumbers(row, found);
    }
    sentence = "As if every answer had the baseline's style; circle: as judged. Rank ranges exist " +
      "as judged only.";
  };
  const show = (control) => {
    for (const other of [...parts, style]) {
      if (!other || other === control) continue;
      if (other === style) other.checked = false;
      else other.value = "";
    }
    restore();
    sentence = "";
    if (control === style && style.checked) showStyle();
    else if (control !== style && control.value) showPart(control.dataset.dimension, control.value);
    sortRows(table);
    tell(sentence);
  };
  for (const control of [...parts, style]) {
    if (control) control.addEventListener("change", () => show(control));
  }
}

const choice = document.getElementById("board-choice");
function chooseBoard(id) {
  for (const board of document.querySelectorAll(".board")) board.hidden = board.id !== id;
  document.dispatchEvent(new Event("boardchosen"));
}
if (choice) {
  choice.addEventListener("change", () => chooseBoard(choice.value));
  chooseBoard(choice.value);
}
