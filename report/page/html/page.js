"use strict";
// The page is whole without this script: it only sorts the rows of tables and hides some.

// value is what a cell is sorted by: its number if it has one, else its text.
const value = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.order === undefined ? cell.textContent.trim() : Number(cell.dataset.order);
};

const compare = (a, b) =>
  typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });

for (const table of document.querySelectorAll("table.sortable")) {
  const heads = table.tHead.rows[0].cells;
  const body = table.tBodies[0];
  for (const [column, head] of Array.from(heads).entries()) {
    if (Array.from(body.rows).every((row) => value(row, column) === "")) continue; // nothing to sort by
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const rows = Array.from(body.rows);
      // Numbers are wanted from the largest on, words from the first.
      const down = rows.some((row) => row.cells[column].dataset.order !== undefined);
      const before = head.getAttribute("aria-sort");
      const order = before === null ? (down ? "descending" : "ascending") : before === "descending" ? "ascending" : "descending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      const sign = order === "descending" ? -1 : 1;
      rows.sort((a, b) => sign * compare(value(a, column), value(b, column)));
      body.append(...rows);
    });
  }
}

const filter = document.createElement("form");
filter.className = "filter";
filter.setAttribute("role", "search");
const label = document.createElement("label");
label.textContent = "Show rows with ";
const input = document.createElement("input");
input.type = "search";
input.placeholder = "an error, a method, …";
label.append(input);
const found = document.createElement("output");
filter.append(label, found);
filter.addEventListener("submit", (event) => event.preventDefault());
document.querySelector("nav").append(filter);

input.addEventListener("input", () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  let all = 0;
  for (const row of document.querySelectorAll("tbody tr")) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    all++;
    if (!row.hidden) shown++;
  }
  found.textContent = words.length === 0 ? "" : `${shown} of ${all} rows`;
});
