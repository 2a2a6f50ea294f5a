// Runs every recipe of docs/recipes.md as a reader would, and compares what it
// prints with what stands there. UPDATE=1 writes down what they print instead.
//
// A recipe is a row of fenced blocks: "sh" is run by bash, "sql" by DuckDB, "js" by
// Node, all in one empty directory that has the repository's testdata; a "text" block
// is what the block before it prints.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const book = join(root, "docs", "recipes.md");
const dir = mkdtempSync(join(tmpdir(), "otlog-recipes-"));
after(() => rmSync(dir, { recursive: true }));

// What a reader has: the command, the sample logs, and the packages.
execFileSync("go", ["build", "-o", join(dir, "bin", "otlog"), "./cmd/otlog"], { cwd: root });
symlinkSync(join(root, "testdata"), join(dir, "testdata"));
symlinkSync(join(here, "node_modules"), join(dir, "node_modules"));
process.env.TZ = "UTC"; // in which DuckDB tells times
const env = { ...process.env, HOME: dir, XDG_CONFIG_HOME: dir, PATH: join(dir, "bin") + ":" + process.env.PATH };

const run = {
  sh: (text) => execFileSync("bash", ["-euo", "pipefail", "-c", text], { cwd: dir, env, encoding: "utf8" }),
  js: (text) => {
    writeFileSync(join(dir, "recipe.mjs"), text);
    return execFileSync("node", ["recipe.mjs"], { cwd: dir, env, encoding: "utf8" });
  },
  sql: async (text) => {
    const result = await query(text);
    return table(result.columnNames(), result.getRows());
  },
};

async function query(text) {
  process.chdir(dir); // files of a recipe are named as they lie
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  return db.runAndReadAll(text);
}

// table prints rows as DuckDB's command line does, but for the frame.
function table(heads, rows) {
  const cells = [heads, ...rows.map((row) => row.map((v) => (v === null ? "NULL" : String(v))))];
  const widths = heads.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  return cells.map((row) => row.map((c, i) => c.padEnd(widths[i])).join("  ").trimEnd() + "\n").join("");
}

// blocks returns the fenced blocks of a text: language, content, and where that lies.
function blocks(text) {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((m) => {
    const from = m.index + m[1].length + 4;
    return { language: m[1], text: m[2], from, to: from + m[2].length };
  });
}

let text = readFileSync(book, "utf8");
let printed = "";
let heading = 0;
const all = blocks(text);
const replaced = [];
test("docs/recipes.md", async (t) => {
  assert.ok(all.filter((b) => b.language === "text").length >= 4, "there are too few recipes with an output");
  for (const block of all) {
    if (block.language !== "text") {
      printed = await run[block.language](block.text);
      continue;
    }
    const title = text.slice(0, block.from).match(/^## .*$/gm)?.at(-1) ?? "";
    await t.test(`${title} (${++heading})`, () => {
      if (process.env.UPDATE) replaced.push({ ...block, text: printed });
      else assert.equal(printed, block.text);
    });
  }
  for (const { from, to, text: now } of replaced.reverse()) text = text.slice(0, from) + now + text.slice(to);
  if (process.env.UPDATE) writeFileSync(book, text);
});

// typesOf returns the columns of a table in docs/schema.md with their types in DuckDB.
function typesOf(heading) {
  const schema = readFileSync(join(root, "docs", "schema.md"), "utf8");
  const section = schema.split(heading + "\n")[1].split("\n#")[0];
  return [...section.matchAll(/^\| `(\w+)` \| [^|]* \| [^|]* \| ([^|]*) \|/gm)].map((m) => [m[1], m[2].trim()]);
}

test("DuckDB reads a million rows with the types of docs/schema.md", async () => {
  const rows = 1_000_000;
  const log = createWriteStream(join(dir, "million.jsonl"));
  for (let i = 0; i < rows; i++) {
    const line = `{"sessionId":"s${i}","time":"2026-11-16T09:00:00Z","message":"Session.publish :: OT_TIMEOUT"}\n`;
    if (!log.write(line)) await new Promise((resolve) => log.once("drain", resolve));
  }
  await new Promise((resolve) => log.end(resolve));
  run.sh("otlog --format parquet --window 1d -o million.parquet million.jsonl");

  const described = await query("DESCRIBE FROM 'million.parquet'");
  assert.deepEqual(described.getRows().map(([name, type]) => [name, type]), typesOf("### Columns of `errors`"));
  const counted = await query("SELECT COUNT(*), SUM(failures), COUNT(DISTINCT session), MIN(first_seen), MAX(last_seen) FROM 'million.parquet'");
  const [[all, failures, sessions, first, last]] = counted.getRows();
  assert.equal(String(all), String(rows));
  assert.equal(String(failures), String(rows));
  assert.equal(String(sessions), String(rows));
  assert.equal(String(first), String(last));
});
