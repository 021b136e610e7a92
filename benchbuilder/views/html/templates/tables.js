"use strict";
// Tables of the page: reading their columns, sorting rows, making CSV of them.
document.documentElement.classList.add("scripted");
const tables = JSON.parse(document.getElementById("tables").textContent);

/** The value of a column in a row; columns are a constant, values, or codes into names. */
function valueOf(column, row) {
  if ("constant" in column) return column.constant;
  return "codes" in column ? column.names[column.codes[row]] : column.values[row];
}

function rowsOf(name) {
  const columns = tables[name] || [];
  const long = columns.find((column) => !("constant" in column));
  if (!columns.length) return 0;
  return long ? (long.codes || long.values).length : 1;
}

function csvOf(name) {
  const columns = tables[name];
  const cell = (value) => {
    const text = value === null ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns.map((column) => cell(column.name)).join(",")];
  for (let row = 0; row < rowsOf(name); row++) {
    lines.push(columns.map((column) => cell(valueOf(column, row))).join(","));
  }
  return lines.join("\n") + "\n";
}

for (const link of document.querySelectorAll("a.csv")) {
  if (!tables[link.dataset.table]) link.hidden = true;
  link.addEventListener("click", () => {
    const file = new Blob([csvOf(link.dataset.table)], { type: "text/csv" });
    link.href = URL.createObjectURL(file);
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
}

/** Sort the body of a table as its header says; rows without a value come last in both directions,
    equal ones keep the order in which the table came. */
function sortRows(table) {
  const header = table.querySelector("[aria-sort=ascending], [aria-sort=descending]");
  const place = header.cellIndex, kind = header.querySelector(".sort").dataset.kind;
  const descending = header.getAttribute("aria-sort") === "descending";
  const body = table.tBodies[0];
  const keyOf = (row) => {
    const cell = row.cells[place];
    if (kind === "text") return cell.textContent;
    return cell.dataset.value === "" ? null : Number(cell.dataset.value);
  };
  const compare = (a, b) => {
    if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
    const order = kind === "text" ? a.key.localeCompare(b.key) : a.key - b.key;
    return (descending ? -order : order) || a.row.dataset.came - b.row.dataset.came;
  };
  const keyed = Array.from(body.rows, (row) => ({ row, key: keyOf(row) }));
  body.append(...keyed.sort(compare).map((item) => item.row));
}

for (const row of document.querySelectorAll(".sortable tbody tr")) row.dataset.came = row.rowIndex;

for (const button of document.querySelectorAll(".sortable .sort")) {
  const header = button.closest("th");
  header.setAttribute("aria-sort", header.dataset.sorted || "none");
  button.addEventListener("click", () => {
    const before = header.getAttribute("aria-sort");
    // Numbers start with the largest, names and ranks with the first.
    const upward = button.dataset.kind === "text" || button.textContent === "rank";
    const descending = before === "none" ? !upward : before === "ascending";
    for (const other of header.parentNode.cells) {
      if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
    }
    header.setAttribute("aria-sort", descending ? "descending" : "ascending");
    sortRows(header.closest("table"));
  });
}
