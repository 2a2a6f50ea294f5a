// The page: it gives the files that the user chose to a worker, in which the command otlog runs, and
// shows the report that the command writes.
"use strict";

const el = (id) => document.getElementById(id);
const partial = "/out/counts";
const types = {
  html: ["report", "html", "text/html"], markdown: ["report", "md", "text/markdown"], json: ["report", "json", "application/json"],
  csv: ["errors", "csv", "text/csv"],
};

let chosen = null; // the files of the last report, with paths
let kept = null; // its counts, as a file
let shown = null; // its HTML

// ---- The worker.

// program returns the compiled command.
const program = () => program.compiled ??= (async () => {
  const packed = Uint8Array.from(atob(el("program").textContent), (c) => c.charCodeAt(0));
  el("program").remove();
  const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compileStreaming(new Response(bytes, { headers: { "Content-Type": "application/wasm" } }));
})();

let end = () => {}; // ends the worker that runs

// run runs the command in a worker of its own, so that its memory is free afterwards. The result is null
// if it is cancelled. There is one run at a time.
async function run(args, files, more = {}, onread = () => {}) {
  end();
  let cancelled = false, worker = null;
  const result = new Promise((done, fail) => {
    end = () => {
      cancelled = true;
      worker?.terminate();
      done(null);
    };
    program().then((module) => {
      if (cancelled) return;
      const source = URL.createObjectURL(new Blob([el("worker").textContent], { type: "text/javascript" }));
      worker = new Worker(source);
      URL.revokeObjectURL(source);
      worker.onerror = (event) => fail(new Error(event.message || "the worker ended"));
      worker.onmessage = ({ data }) => {
        if ("read" in data) onread(data);
        else if ("broken" in data) fail(new Error(data.broken));
        else done(data);
      };
      worker.postMessage({ module, args, files, ...more });
    }).catch(fail);
  });
  const mine = end;
  try {
    return await result;
  } finally {
    mine();
  }
}

// ---- Files.

// unique returns a name that is not taken yet, and takes it.
function unique(name, taken) {
  const [, stem, end] = /^(.+?)((?:\.[^.]+)*)$/.exec(name) ?? [, name, ""];
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${stem} (${n})${end}`;
  taken.add(free);
  return free;
}

// children returns what a dropped folder contains. Of a page from a disk, Chromium reads only the newer
// handles; other browsers, and pages from a server without TLS, have only the older entries.
async function children(folder) {
  const all = [];
  if (folder.values) {
    for await (const item of folder.values()) all.push(item);
    return all;
  }
  const reader = folder.createReader();
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

const isFolder = (item) => item.isDirectory || item.kind === "directory";
const fileOf = (item) => item.getFile ? item.getFile() : new Promise((done, fail) => item.file(done, fail));

// walk adds the files in a dropped folder.
async function walk(folder, path, out) {
  for (const item of await children(folder)) {
    if (isFolder(item)) await walk(item, `${path}/${item.name}`, out);
    else out.push([`${path}/${item.name}`, await fileOf(item)]);
  }
}

// named returns paths and files, the names of which are unique.
function named(files) {
  const taken = new Set();
  return files.map((file) => [unique(file.name, taken), file]);
}

// dropped returns what was dropped. The items are gone when the event has ended, so all are asked at once.
async function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const found = await Promise.all(items.map((item) => {
    const entry = item.webkitGetAsEntry?.(), file = item.getAsFile();
    return isSecureContext && item.getAsFileSystemHandle ? item.getAsFileSystemHandle().catch(() => entry ?? file) : entry ?? file;
  }));
  const out = [], taken = new Set();
  for (const item of found) {
    const name = unique(item.name, taken);
    if (isFolder(item)) await walk(item, name, out);
    else out.push([name, item instanceof File ? item : await fileOf(item)]);
  }
  return out;
}

// argumentsOf returns what names the files on the command line, which has at most 8 KB in a browser:
// folders, and files, or a pattern for all of them.
function argumentsOf(files) {
  const names = [...new Set(files.map(([path]) => path.split("/")[0]))];
  const size = (all) => all.reduce((sum, name) => sum + new TextEncoder().encode(name).length + 16, 0);
  if (size(names) < 6000) return names.map((name) => name === "-" ? "./-" : name); // - is standard input
  const folders = names.filter((name) => !files.some(([path]) => path === name));
  const some = [...folders, "*", ...names.filter((name) => name.startsWith(".") && !folders.includes(name))];
  if (size(some) >= 6000) throw new Error("These are too many folders at once. Drop the folder that contains them.");
  return some;
}

// ---- The report.

const bytesText = (n) => n < 1e6 ? `${Math.ceil(n / 1e3)} kB` : n < 1e9 ? `${(n / 1e6).toFixed(1)} MB` : `${(n / 1e9).toFixed(2)} GB`;

function say(text) { el("status").textContent = text; }

// messages shows what the command said, without the name that it begins each message with.
function messages(head, text) {
  const all = [], most = 100;
  for (const line of text.trim().split("\n")) {
    if (line.startsWith("otlog: ") || all.length === 0) all.push(line.replace(/^otlog: /, ""));
    else all.push(all.pop() + "\n" + line);
  }
  if (all.length > most) all.splice(most, Infinity, `and ${all.length - most} more: the report has all`);
  el("messages").replaceChildren(...all.filter((line) => line !== "").map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
  el("trouble-head").textContent = head;
  el("trouble").hidden = head === "";
}

function working(what) {
  el("what").textContent = what;
  el("amount").textContent = "";
  el("bar").removeAttribute("value");
  el("work").hidden = what === "";
}

// report makes a report of the counts that are kept.
function report(format, type) {
  const args = ["report", "--format", format, "--window", el("window").value, "--tz", el("zone").value, ...(kept.sessions ? ["--show-sessions"] : []), "--", partial];
  return run(args, [[partial, kept.file]], { type });
}

// busy does one thing at a time: what is asked for meanwhile replaces it.
let turn = 0;
async function busy(what, job) {
  const mine = ++turn;
  end();
  working(what);
  say("");
  try {
    await job(() => mine === turn);
  } catch (error) {
    if (mine === turn) messages("This did not work.", explained(error.message ?? String(error)));
  }
  if (mine === turn) working("");
}

// count scans files, and returns what the command said, and its counts if there are some.
async function count(files, onread) {
  const sessions = el("sessions").checked;
  const args = ["scan", "-o", partial, "--assume-tz", el("assume").value, ...(sessions ? ["--show-sessions"] : []), "--", ...argumentsOf(files)];
  const result = await run(args, files, { keep: partial }, onread);
  return result && { status: result.status, said: explained(result.said), file: result.kept, sessions };
}

// scan makes the report of files.
function scan(files) {
  return busy("Starting", async (current) => {
    files = await files;
    if (!current()) return;
    if (files.length === 0) return say("There are no files in it.");
    chosen = files;
    kept = shown = null;
    el("result").hidden = true;
    messages("", "");
    const begun = performance.now(), seconds = () => (performance.now() - begun) / 1e3;
    const counts = await count(files, ({ read, size }) => {
      el("what").textContent = "Reading";
      el("bar").value = size ? read / size : 1;
      el("amount").textContent = `${bytesText(read)} of ${bytesText(size)}, ${bytesText(read / seconds())} a second`;
    });
    if (!current() || !counts) return;
    const { status, said } = counts;
    if (!counts.file) return messages("There is no report.", said);
    kept = counts;
    if (said.trim() !== "") messages(status === 0 ? "Please note" : "Not everything could be read. The report covers the rest.", said);
    await show(current);
    if (current()) say(`Report made of ${files.length === 1 ? "1 file" : files.length + " files"} in ${seconds().toFixed(1)} s.`);
  });
}

// explained says what messages of the command mean in a browser.
function explained(said) {
  if (/out of memory|memory access out of bounds|allocation failed/i.test(said)) {
    return "The browser has not enough memory for this input. Choose fewer files, or use the command otlog.";
  }
  if (/: I\/O error/.test(said)) said += "\nhint: a file that was written to after you had chosen it cannot be read: choose it again";
  return said.replace(/^hint: TMPDIR .*\n?/gm, "hint: this page keeps temporary files in memory, at most 2 GB: unpack the archive first, or use the command otlog\n");
}

// show makes the report of the counts that are kept, and shows it.
async function show(current) {
  working("Writing the report");
  const result = await report("html", "text/html");
  if (!current() || !result) return;
  if (result.out.size === 0) {
    messages("There is no report.", result.said);
    return;
  }
  shown = result.out;
  // In a frame with this address, a link to a section would lead to the page around it. A link to elsewhere would
  // be refused, in place of the report: its address is shown only.
  const text = (await shown.text()).replaceAll('href="#', 'href="about:srcdoc#').replaceAll('<a href="https://', '<a title="https://');
  // A new frame each time: Chromium 156 leaves a frame blank that was hidden and gets another document.
  const frame = el("report").cloneNode(false);
  frame.srcdoc = text;
  el("result").hidden = false;
  await new Promise((done) => {
    frame.addEventListener("load", done, { once: true });
    el("report").replaceWith(frame);
  });
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// ---- Events.

for (const id of ["files", "folder"]) {
  el(id).addEventListener("change", () => {
    const list = [...el(id).files];
    el(id).value = ""; // so that the same files can be chosen again
    if (list.length) scan(id === "files" ? named(list) : list.map((file) => [file.webkitRelativePath, file]));
  });
}
for (const name of ["dragenter", "dragover"]) {
  addEventListener(name, (event) => {
    event.preventDefault();
    document.body.classList.add("over");
  });
}
addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("over"); });
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  scan(dropped(event.dataTransfer));
});
el("cancel").addEventListener("click", () => {
  turn++;
  end();
  working("");
  say("Cancelled.");
  el("files").focus();
});
el("again").addEventListener("click", () => scan(chosen));
for (const id of ["window", "zone"]) {
  el(id).addEventListener("change", () => { if (kept) busy("Writing the report", show); });
}
for (const button of document.querySelectorAll("[data-save]")) {
  button.addEventListener("click", () => busy("Saving", async (current) => {
    const format = button.dataset.save;
    if (format === "html") return save(shown, "otlog-report.html");
    if (format === "partial") return save(kept.file, "otlog-counts.arrow");
    const [name, end, type] = types[format];
    const result = await report(format, type);
    if (!current() || !result) return;
    if (result.out.size === 0) return messages("There is no report.", result.said);
    save(result.out, `otlog-${name}.${end}`);
  }));
}
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (here && here !== "UTC") {
  for (const id of ["zone", "assume"]) el(id).append(new Option(here, here));
}
