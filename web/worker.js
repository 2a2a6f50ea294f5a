// The worker runs the command otlog, compiled to WebAssembly, once. It gets
//   {module, args, files, keep, type} the compiled command, its arguments, and its files, [[path, File]]
// and sends {read, size} while the files are read, and then
//   {status, out, said, kept}         the exit status, standard output as a file of the type, messages,
//                                     and the file at the path "keep"
//   {broken}                          or why the command did not run to its end
// This script follows files.js and Go's wasm_exec.js.
"use strict";

onmessage = async ({ data }) => {
  const files = new Files();
  try {
    postMessage(await run(files, data));
  } catch (error) {
    postMessage({ broken: `${error}\n${text(files.outputs[2])}` });
  }
};

// text returns the content of a file in memory.
function text(file) {
  const all = new Uint8Array(file.size);
  file.read(all, 0);
  return new TextDecoder().decode(all);
}

async function run(files, { module, args, files: chosen, keep, type }) {
  const inputs = chosen.map(([path, file]) => files.add(path, file));
  const sum = (key) => inputs.reduce((n, input) => n + input[key], 0);
  let next = 0;
  files.onread = () => {
    if (performance.now() < next) return;
    next = performance.now() + 100;
    postMessage({ read: sum("taken"), size: sum("size") });
  };
  globalThis.fs = files.fs();
  const go = new Go();
  go.argv = ["otlog", ...args];
  go.env = { HOME: "/out", TMPDIR: "/tmp" };
  let status = 0;
  go.exit = (code) => { status = code; };
  await go.run(await WebAssembly.instantiate(module, go.importObject));
  const kept = keep && files.find(keep, false).node;
  return { status, out: files.outputs[1].blob(type), said: text(files.outputs[2]), kept: kept?.blob("application/octet-stream") };
}
