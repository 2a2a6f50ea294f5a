"use strict";
// The page is whole without this script. The script sorts the rows of tables, hides rows that lack a
// word, and counts a part of the input again: some windows, or one group of clients.

// make returns an element with properties, attributes and children.
const make = (name, properties = {}, ...children) => {
  const e = document.createElement(name);
  for (const [key, v] of Object.entries(properties)) {
    if (key in e) e[key] = v;
    else e.setAttribute(key, v);
  }
  e.append(...children);
  return e;
};

// Sorting

// value is what a cell is sorted by: its number if it has one, else its text.
const value = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.order === undefined ? cell.textContent.trim() : Number(cell.dataset.order);
};

const compare = (a, b) =>
  typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });

const makeSortable = (table) => {
  const heads = table.tHead.rows[0].cells;
  const body = table.tBodies[0];
  for (const [column, head] of Array.from(heads).entries()) {
    if (Array.from(body.rows).every((row) => value(row, column) === "")) continue; // nothing to sort by
    const button = make("button", { type: "button" }, ...head.childNodes);
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
};
document.querySelectorAll("table.sortable").forEach(makeSortable);

// Rows with some words

const main = document.querySelector("main");
const nav = document.querySelector("nav");
const input = make("input", { type: "search", placeholder: "an error, a method, …" });
const controls = make("form", { className: "controls", role: "search" }, make("label", {}, "Show rows with ", input));
const found = make("span", { className: "found" });
const selected = make("span", { className: "selection" });
const status = make("p", { className: "status", role: "status" });
controls.addEventListener("submit", (event) => event.preventDefault());
nav.after(controls, status);

// say shows the sentences that describe what is hidden.
const say = () => {
  status.replaceChildren(...[selected, found].filter((e) => e.textContent !== ""));
};

const showRows = () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (e) => words.every((word) => e.textContent.toLowerCase().includes(word));
  let shown = 0;
  let all = 0;
  for (const section of main.querySelectorAll("section:not(.off)")) {
    let left = 0;
    for (const region of section.querySelectorAll(".scroll")) {
      let rows = 0;
      for (const row of region.querySelectorAll("tbody tr")) {
        row.hidden = !has(row);
        all++;
        if (!row.hidden) rows++;
      }
      region.hidden = rows === 0;
      shown += rows;
      left += rows;
    }
    const articles = section.querySelectorAll("article");
    for (const article of articles) {
      article.hidden = !has(article);
      if (!article.hidden) left++;
    }
    // A chart has all rows.
    for (const chart of section.querySelectorAll(".drawing")) chart.hidden = words.length > 0;
    section.hidden = words.length > 0 && left === 0 && section.querySelector(".scroll, article") !== null;
    const link = section.id && nav.querySelector(`a[href$="#${section.id}"]`);
    if (link) link.parentElement.hidden = section.hidden;
  }
  found.textContent = words.length === 0 ? "" : `${shown} of ${all} rows`;
  say();
};
input.addEventListener("input", showRows);
input.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || input.value === "") return;
  event.preventDefault();
  input.value = "";
  showRows();
});

// A part of the input. The numbers are written as the tables of the report have them.

const number = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

// fixed rounds as the report does: of a number in the middle, to the even digit.
const fixed = (v, digits) => {
  const tie = Number.isInteger(v * 4) && (v * 4) % 2 !== 0;
  if (digits !== 1 || !tie) return v.toFixed(digits);
  const down = Math.floor(v * 10);
  return ((down % 2 === 0 ? down : down + 1) / 10).toFixed(1);
};

const percent = (share) => {
  let digits = 1;
  for (let p = 100 * share; p > 0 && p < 0.095 && digits < 6; p *= 10) digits++;
  return fixed(100 * share, digits) + "%";
};

// wilson returns the 95% interval of a share (E. B. Wilson, 1927), as package stats does.
const wilson = (part, whole) => {
  const z = 1.959963984540054;
  const p = part / whole;
  const scale = 1 + (z * z) / whole;
  const center = (p + (z * z) / (2 * whole)) / scale;
  const half = (z / scale) * Math.sqrt((p * (1 - p)) / whole + (z * z) / (4 * whole * whole));
  return [part === 0 ? 0 : Math.max(center - half, 0), part === whole ? 1 : Math.min(center + half, 1)];
};

const none = { text: "-", order: -1, tone: "faint" };
const amount = (n) => (n < 0 ? none : { text: number(n), order: n });

// rateCells returns cells for a share, its rate and its interval.
const rateCells = (part, whole) => {
  if (part < 0 || whole === 0) return [none, none, none];
  const [low, high] = wilson(part, whole);
  return [
    { text: `${number(part)} of ${number(whole)}`, order: part },
    { text: percent(part / whole), order: part / whole },
    { text: `${fixed(100 * low, 1)} to ${fixed(100 * high, 1)}%`, order: low },
  ];
};

// makeTable returns a table as the report has them. A head that begins with ">" aligns its column
// to the right.
const makeTable = (caption, heads, rows) => {
  const cell = (c, i) => {
    const right = heads[i].startsWith(">") ? "right " : "";
    const text = c.code ? make("code", {}, c.text) : c.text;
    if (i === 0) return make("th", { scope: "row", role: "rowheader" }, text);
    const td = make("td", { role: "cell", "data-label": heads[i].replace(/^>/, ""), className: (right + (c.tone ?? "")).trim() }, text);
    if (c.order !== undefined) td.dataset.order = c.order;
    return td;
  };
  const head = (h) => make("th", { scope: "col", role: "columnheader", className: h.startsWith(">") ? "right" : "" }, h.replace(/^>/, ""));
  const table = make("table", { className: heads.length > 6 ? "broad" : "slim", role: "table" },
    make("caption", {}, make("span", { className: "unseen" }, caption)),
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads.map(head))),
    make("tbody", { role: "rowgroup" }, ...rows.map((row) => make("tr", { role: "row" }, ...row.map(cell)))));
  if (rows.length > 1) makeSortable(table);
  return make("div", { className: "scroll", role: "region", tabIndex: 0, "aria-label": caption }, table);
};

const inOrder = (a, b) => (a < b ? -1 : Number(a > b));

// sum adds up the rows of spans that begin with the same index: a map from the index to the sums.
const sum = (spans, rows, columns) => {
  const out = new Map();
  for (const s of spans) {
    for (const [index, ...counts] of s[rows]) {
      const sums = out.get(index) ?? Array(columns).fill(0);
      counts.forEach((n, i) => (sums[i] += n));
      out.set(index, sums);
    }
  }
  return out;
};

// tablesOf returns the sections about some spans. Their sessions are known if there is only one.
const tablesOf = (data, spans) => {
  const sessions = spans.length === 1 ? spans[0].sessions : 0;
  const whole = (n) => (sessions > 0 ? rateCells(n, sessions) : [none, none, none]);

  // The failed attempts of a method have a rate unless every span has failed ones only.
  const methods = sum(spans, "methods", 9);
  const rated = new Set();
  for (const s of spans) for (const row of s.methods) if (row.length === 9) rated.add(row[0]);
  const name = (i) => ({ text: data.methods[i], code: true });
  const attempts = (i) => (rated.has(i) ? rateCells(methods.get(i)[5], methods.get(i)[4]) : [none, none, none]);

  const rates = [];
  for (let i = 0; i < data.methods.length; i++) {
    const m = methods.get(i);
    if (rated.has(i)) rates.push([name(i), { text: "attempts" }, ...attempts(i)]);
    else if (m && sessions > 0 && (i < data.calls || m[4] > 0)) rates.push([name(i), { text: data.of }, ...whole(m[3])]);
  }

  const nameless = (e) => Number(e.label === "unnamed" && data.methods[e.method] === "unknown");
  const known = spans.length === 1 && sessions > 0;
  const errors = Array.from(sum(spans, "errors", 4), ([i, counts]) => ({ ...data.errors[i], counts }));
  errors.sort((a, b) => nameless(a) - nameless(b) || (known ? b.counts[3] - a.counts[3] : 0) || b.counts[0] - a.counts[0] || inOrder(data.methods[a.method], data.methods[b.method]) || inOrder(a.label, b.label));
  const errorHeads = ["Error", "Method", ">Failures", ">Lines", ...(known ? [">Sessions", `>${data.rateHead}`, "95% interval"] : [])];
  const shown = errors.slice(0, data.top || errors.length);
  const errorRows = shown.map(({ label, named, method, counts: [failures, lines, , of] }) => [
    { text: label, code: named }, name(method), amount(failures), amount(lines),
    ...(known ? [amount(of), ...whole(of).slice(1)] : []),
  ]);

  const all = Array.from(methods, ([i, m]) => ({ i, m }));
  all.sort((a, b) => Number(data.methods[a.i] === "unknown") - Number(data.methods[b.i] === "unknown") || (known ? b.m[3] - a.m[3] : 0) || b.m[0] - a.m[0] || inOrder(data.methods[a.i], data.methods[b.i]));
  const has = (column) => all.some(({ m }) => m[column] > 0);
  const methodHeads = ["Method", ">Failures", ">Lines", ...(known ? [">Sessions failed", `>${data.rateHead}`, "95% interval"] : []),
    ...(rated.size > 0 ? [">Attempts failed", ">Failure rate"] : []), ...(has(2) ? [">Recovered"] : []), ...(has(6) ? [">Open", ">Never ended"] : [])];
  const methodRows = all.map(({ i, m }) => [
    name(i), amount(m[0]), amount(m[1]), ...(known ? whole(m[3]) : []),
    ...(rated.size > 0 ? attempts(i).slice(0, 2) : []), ...(has(2) ? [amount(m[2])] : []), ...(has(6) ? [amount(m[6]), amount(m[7])] : []),
  ]);

  return [
    ["Failure rates", ["Method", "Unit", ">Failed", ">Failure rate", "95% interval"], rates],
    ["Errors", errorHeads, errorRows, errors.length - shown.length],
    ["Methods", methodHeads, methodRows],
  ].map(([title, heads, rows, more = 0]) => {
    const id = "selected-" + title.toLowerCase().replace(" ", "-");
    return make("section", { className: "selected", "aria-labelledby": id }, make("h2", { id }, title),
      rows.length > 0 ? makeTable(title, heads, rows) : make("p", { className: "note" }, "None."),
      more > 0 ? make("p", { className: "note" }, `Not shown: ${number(more)} ${more === 1 ? "error" : "errors"}.`) : "");
  });
};

const select = (label, options) => {
  const e = make("select", { className: label.toLowerCase() }, ...options);
  controls.append(make("label", {}, label + " ", e));
  return e;
};

const counts = document.getElementById("counts");
if (counts) {
  const data = JSON.parse(counts.textContent);
  const option = (text, value) => make("option", { value }, text);
  const windows = () => data.windows.map((name, i) => option(name, i));
  const divided = data.windows.length > 0;
  const from = divided ? select("From", [option("–", ""), ...windows()]) : null;
  const to = divided ? select("To", [option("–", ""), ...windows()]) : null;
  const kinds = new Map();
  data.parts.forEach((p, i) => p.kind && kinds.set(p.kind, [...(kinds.get(p.kind) ?? []), option(p.name, i)]));
  const clients = kinds.size > 0 ? select("Clients", [option("all", 0), ...Array.from(kinds, ([label, options]) => make("optgroup", { label }, ...options))]) : null;
  const reset = make("button", { type: "button", hidden: true }, "Show the whole report");
  controls.append(reset);

  const update = (changed) => {
    const part = data.parts[Number(clients?.value ?? 0)];
    const spanOf = new Map(part.spans.map((s) => [s.window, s]));
    if (divided) {
      for (const e of [from, to]) for (const o of e.options) o.disabled = o.value !== "" && !spanOf.has(Number(o.value));
      if (from.value !== "" && to.value !== "" && Number(from.value) > Number(to.value)) {
        if (changed === from) to.value = from.value;
        else from.value = to.value;
      }
    }
    // A group of clients may have been counted in some windows only.
    const bound = (e, open) => (divided && e.value !== "" ? Number(e.value) : open);
    let first = bound(from, 0);
    let last = bound(to, data.windows.length - 1);
    let bounded = divided && (from.value !== "" || to.value !== "");
    if (bounded && part.kind) {
      while (first <= last && !spanOf.has(first)) first++;
      while (last >= first && !spanOf.has(last)) last--;
      bounded = first <= last;
      from.value = bounded ? first : "";
      to.value = bounded ? last : "";
    }
    const on = bounded || part !== data.parts[0];

    // All windows are the whole input, in which a session counts once.
    let spans = [];
    let what = "the whole input";
    if (!bounded) {
      spans = [spanOf.get(data.shown)];
      if (data.shown >= 0) what = data.windows[data.shown];
    } else if (first === 0 && last === data.windows.length - 1 && spanOf.has(-1)) {
      spans = [spanOf.get(-1)];
    } else {
      for (let i = first; i <= last; i++) if (spanOf.has(i)) spans.push(spanOf.get(i));
      const names = spans.map((s) => data.windows[s.window]);
      what = names.length === 1 ? names[0] : names.length === last - first + 1 ? `${names[0]} to ${names.at(-1)}` : names.join(" and ");
    }

    for (const e of main.querySelectorAll("section.selected")) e.remove();
    const parts = [nav, ...document.querySelectorAll("header > .figures, header > .trendnote, header > .facts > div:not(.alarm, .filters), main > section:not(#how-to-read-this)")];
    for (const e of parts) e.classList.toggle("off", on);
    document.body.classList.toggle("partly", on);
    reset.hidden = !on;
    selected.textContent = "";
    if (on) {
      main.prepend(...tablesOf(data, spans));
      const who = part.kind ? `, ${part.kind} ${part.name}` : "";
      const sessions = spans.length === 1
        ? `: ${number(spans[0].sessions)} ${data.of}. `
        : ". Attempts and failures of windows add up. Sessions are left out, because one session may be in several windows. ";
      selected.textContent = `Shown: ${what}${who}${sessions}Changes and their tests are not computed again and are hidden. The headline is that of the whole report. `;
    }
    showRows();
  };
  for (const e of [from, to, clients]) e?.addEventListener("change", () => update(e));
  reset.addEventListener("click", () => {
    for (const e of [from, to]) if (e) e.value = "";
    if (clients) clients.value = "0";
    update();
    (from ?? clients).focus();
  });
}
