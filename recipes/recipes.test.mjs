// Runs every recipe of docs/recipes.md as a reader would, and compares its output with the
// page. UPDATE=1 writes the output to the page instead.
//
// A recipe is a sequence of fenced blocks: bash runs "sh", DuckDB "sql" and Node "js", all
// in one directory that contains only the repository's testdata. A "text" block is the
// output of the block before it.
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

// The command, the sample logs and the packages, as a reader has them.
execFileSync("go", ["build", "-o", join(dir, "bin", "otlog"), "./cmd/otlog"], { cwd: root });
symlinkSync(join(root, "testdata"), join(dir, "testdata"));
symlinkSync(join(here, "node_modules"), join(dir, "node_modules"));
process.env.TZ = "UTC"; // DuckDB displays times in this zone
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
  process.chdir(dir); // recipes name files relative to it
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  return db.runAndReadAll(text);
}

// table formats rows like DuckDB's command line, without the frame.
function table(heads, rows) {
  const cells = [heads, ...rows.map((row) => row.map((v) => (v === null ? "NULL" : String(v))))];
  const widths = heads.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  return cells.map((row) => row.map((c, i) => c.padEnd(widths[i])).join("  ").trimEnd() + "\n").join("");
}

// blocks returns the fenced blocks of a text: language, content, and position of the content.
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
  assert.ok(all.filter((b) => b.language === "text").length >= 4, "docs/recipes.md has too few outputs");
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

// typesOf returns the columns of a table in docs/schema.md, and their types in DuckDB.
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
