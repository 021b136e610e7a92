"use strict";
// The browser of judgments. Every text of the data goes through textContent: nothing in it is run.
const ROW_PIXELS = 56;
const LEVELS = ["wins clearly", "wins", "tie", "loses", "loses clearly"];
const NO_VERDICT = -1;
const byId = (id) => document.getElementById(id);

let index = null;
let shown = [];  // numbers of the records that pass the filters
let chosen = -1;  // place in `shown`
const chunks = new Map();  // number -> questions of the chunk by id
const waiting = new Map();  // number -> functions to call once it is there

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  return made;
}

const winner = (level) => (level < 0 ? null : Math.sign(level - 2));

/** How the two games of a record compare. */
function agreement(record) {
  const first = winner(index.first[record]), second = winner(index.second[record]);
  if (first === null || second === null) return "incomplete";
  if (first === second) return "same";
  return first * second === -1 ? "flipped" : "tie";
}

function levelWords(level) {
  if (level >= 0) return LEVELS[level];
  return level === NO_VERDICT ? "no verdict" : "not played";
}

function loadIndex(document_) {
  index = document_;
  const topics = [...new Set(index.questions.map((question) => question[1]))].filter(Boolean).sort();
  fill("topic", topics.map((topic) => [topic, topic]));
  const played = new Set(index.model);
  const models = index.models.map((name, code) => [name, code]).filter(([, code]) => played.has(code));
  fill("model", models.sort((a, b) => a[0].localeCompare(b[0])));
  fill("judge", index.judges.map((name, code) => [name, code]));
  byId("judge").parentNode.hidden = index.judges.length < 2;
  byId("topic").parentNode.hidden = topics.length === 0;
  filter();
  const wanted = Number(new URLSearchParams(location.hash.slice(1)).get("record"));
  const place = shown.indexOf(wanted);
  choose(place < 0 ? 0 : place);
}

function fill(id, options) {
  for (const [name, value] of options) {
    const option = element("option", "", name);
    option.value = value;
    byId(id).append(option);
  }
}

function filter() {
  const topic = byId("topic").value, model = byId("model").value, judge = byId("judge").value;
  const verdict = byId("verdict").value, games = byId("games").value;
  shown = [];
  for (let record = 0; record < index.model.length; record++) {
    if (topic && index.questions[index.question[record]][1] !== topic) continue;
    if (model && index.model[record] !== Number(model)) continue;
    if (judge && index.judge[record] !== Number(judge)) continue;
    const levels = [index.first[record], index.second[record]];
    if (verdict && !levels.includes(Number(verdict))) continue;
    if (games && agreement(record) !== games) continue;
    shown.push(record);
  }
  const all = index.model.length;
  byId("count").textContent = `${shown.length.toLocaleString("en")} of ${all.toLocaleString("en")} judged answers`;
  byId("rows").style.height = `${shown.length * ROW_PIXELS}px`;
  byId("list").scrollTop = 0;
  drawRows();
}

/** Only the rows that can be seen exist, however long the list is. */
function drawRows() {
  const list = byId("list");
  const from = Math.max(0, Math.floor(list.scrollTop / ROW_PIXELS) - 4);
  const to = Math.min(shown.length, from + Math.ceil(list.clientHeight / ROW_PIXELS) + 8);
  const rows = [];
  for (let place = from; place < to; place++) rows.push(rowOf(place));
  byId("rows").replaceChildren(...rows);
  const active = byId(`row-${chosen}`);
  if (active) list.setAttribute("aria-activedescendant", active.id);
  else list.removeAttribute("aria-activedescendant");
}

function rowOf(place) {
  const record = shown[place];
  const row = element("div", place === chosen ? "row chosen" : "row");
  row.id = `row-${place}`;
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", String(place === chosen));
  row.style.top = `${place * ROW_PIXELS}px`;
  const [id, topic] = index.questions[index.question[record]];
  row.append(element("p", "", `${index.models[index.model[record]]}: ${levelWords(index.first[record])} / ${levelWords(index.second[record])}`));
  const second = element("p");
  if (agreement(record) === "flipped") second.append(element("span", "flipped", "flipped "));
  second.append(`${topic ? `${topic} · ` : ""}${id}`);
  row.append(second);
  row.addEventListener("click", () => choose(place));
  return row;
}

function choose(place) {
  chosen = shown.length ? Math.max(0, Math.min(shown.length - 1, place)) : -1;
  const list = byId("list");
  const top = chosen * ROW_PIXELS;
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + ROW_PIXELS > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW_PIXELS - list.clientHeight;
  drawRows();
  if (chosen < 0) {
    byId("reading").replaceChildren(element("p", "none", "No judged answer passes these filters."));
    return;
  }
  const record = shown[chosen];
  history.replaceState(null, "", `#record=${record}`);
  withChunk(index.questions[index.question[record]][2], (questions) => {
    if (shown[chosen] === record) read(record, questions);
  });
}

/** Call with the questions of a chunk, loading it first where needed. */
function withChunk(number, then) {
  if (chunks.has(number)) { then(chunks.get(number)); return; }
  const known = waiting.has(number);
  waiting.set(number, [...(waiting.get(number) || []), then]);
  if (known) return;
  const script = document.createElement("script");
  const name = String(number).padStart(4, "0");
  script.src = `games/${name}.js`;
  script.addEventListener("error", () => {
    waiting.delete(number);
    byId("reading").replaceChildren(element("p", "none", `games/${name}.js cannot be read: keep it beside this page.`));
  });
  document.head.append(script);
}

function loadChunk(number, questions) {
  chunks.set(number, new Map(questions.map((question) => [question.id, question])));
  for (const then of waiting.get(number) || []) then(chunks.get(number));
  waiting.delete(number);
}

function read(record, questions) {
  const question = questions.get(index.questions[index.question[record]][0]);
  const names = ["model", "baseline", "judge"];
  const [model, baseline, judge] = names.map((name) => index[name === "judge" ? "judges" : "models"][index[name][record]]);
  // The records of a question stand in the index in the order of its chunk.
  const found = question.records[record - index.question.indexOf(index.question[record])];
  const about = [question.id, question.topic, question.category].filter(Boolean).join(" · ");
  const parts = [element("h2", "", `${model} against ${baseline}`), element("p", "meta", `${about} · judge: ${judge}`)];
  parts.push(questionBox(question));
  const answers = element("div", "pair");
  answers.append(answerBox(question, model, found.answer_sample), answerBox(question, baseline, 0));
  const games = element("div", "pair");
  games.append(...found.games.map((game) => gameBox(game, model)));
  byId("reading").replaceChildren(...parts, answers, games);
  byId("reading").scrollTop = 0;
}

function questionBox(question) {
  const box = element("section", "box question");
  if (question.system) box.append(element("h3", "", "System prompt"), element("p", "text", question.system));
  question.turns.forEach((turn, i) => {
    box.append(element("h3", "", question.turns.length > 1 ? `Question, turn ${i + 1}` : "Question"));
    box.append(element("p", "text", turn));
  });
  if (!question.turns.length) box.append(element("p", "none", "The text was not given: add --questions."));
  return box;
}

function answerBox(question, model, sample) {
  const box = element("section", "box answer");
  const answer = question.answers.find((one) => one.model === model && one.sample === sample);
  const tokens = answer && answer.tokens !== null ? ` (${answer.tokens.toLocaleString("en")} tokens)` : "";
  box.tabIndex = 0;  // a long answer scrolls by keyboard too
  box.append(element("h3", "", `${model}${tokens}`));
  if (!answer) box.append(element("p", "none", "The text was not given: add --answers."));
  else if (answer.text === null) box.append(element("p", "none", `No answer: ${answer.status}.`));
  if (answer && answer.thinking) {
    const details = element("details");
    details.append(element("summary", "", "Thinking"), element("p", "text", answer.thinking));
    box.append(details);
  }
  if (answer && answer.text !== null) box.append(element("p", "text", answer.text));
  return box;
}

function gameBox(game, model) {
  const box = element("section", "box game");
  box.append(element("h3", "", `Game ${game.game}: A is ${game.answer_a}, B is ${game.answer_b}`));
  const line = element("p", "meta");
  const side = winner(game.level);
  const kind = side === null || side === 0 ? "outcome open" : side < 0 ? "outcome" : "outcome lost";
  line.append(element("span", kind, game.level >= 0 ? `${model} ${levelWords(game.level)}` : `no verdict (${game.status})`));
  if (game.verdict !== null) line.append(` [[${game.verdict}]]`);
  if (game.preference !== null) line.append(` preference for the model: ${game.preference.toFixed(2)}`);
  if (game.detail) line.append(` ${game.detail}`);
  box.append(line, game.text === null ? element("p", "none", "The judge's text was not kept.") : element("p", "text", game.text));
  return box;
}

byId("filters").addEventListener("change", () => { filter(); choose(0); });
byId("filters").addEventListener("reset", () => setTimeout(() => { filter(); choose(0); }));
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("flips").addEventListener("click", () => {
  byId("games").value = "flipped";
  filter();
  choose(0);
});
byId("list").addEventListener("scroll", drawRows);
addEventListener("resize", drawRows);
byId("list").addEventListener("keydown", (event) => {
  const page = Math.max(1, Math.floor(byId("list").clientHeight / ROW_PIXELS) - 1);
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -shown.length, End: shown.length };
  if (!(event.key in steps)) return;
  event.preventDefault();
  choose(chosen + steps[event.key]);
});
