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

// The recipe's logs have no call whose failure or attempt lasts over midnight. These have.
test("daily files that know the days beside them add up to the report over midnight", async () => {
  const at = (time) => Date.parse(`2026-11-${time}Z`);
  const id = (n) => `${n}_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5`;
  const call = (n, time, action, variation, more) =>
    [at(time), { logVersion: "2", clientVersion: "js-2.35.2", clientSystemTime: at(time), action, variation, sessionId: id(n), connectionId: `c-${n}`, clientInstanceId: `i-${n}`, ...more }];
  const line = (time, fields) => [at(time), { time: new Date(at(time)).toISOString(), ...fields }];
  const stream = { streamId: "s-4" };
  const records = [
    line("16T12:00:00", { sessionId: id(9), message: "hello" }), line("17T12:00:00", { sessionId: id(8), message: "hello" }), line("18T12:00:00", { sessionId: id(7), message: "hello" }),
    call(1, "16T23:59:58", "Connect", "Attempt"), call(1, "17T00:00:03", "Connect", "Failure", { failureName: "OT_CONNECT_FAILED", failureCode: 1006 }),
    line("16T23:59:59.5", { sessionId: id(2), message: "Session.publish :: OT_TIMEOUT" }), line("17T00:00:00.5", { sessionId: id(2), message: "Session.publish :: OT_TIMEOUT" }),
    line("16T23:50:00", { sessionId: id(3), connectionId: "c-3", message: "joined" }), line("17T00:10:00", { connectionId: "c-3", message: "Session.subscribe :: OT_ICE_WORKFLOW_FAILED" }),
    call(4, "17T23:59:00", "Publish", "Attempt", stream), call(4, "18T00:00:30", "Publish", "Success", stream),
  ].sort(([a], [b]) => a - b);
  run.sh("rm -rf midnight && mkdir -p midnight/{logs,partials,near,alone} && head -c 32 /dev/urandom > midnight/key");
  for (const day of [16, 17, 18]) {
    const own = records.filter(([time]) => new Date(time).getUTCDate() === day);
    writeFileSync(join(dir, `midnight/logs/${day}.jsonl`), own.map(([, record]) => JSON.stringify(record) + "\n").join(""));
  }
  run.sh(`cd midnight
    for d in 16 17 18; do otlog scan -o partials/$d.arrow logs/$d.jsonl; done
    for table in errors methods sessions; do
      for d in 16 17 18; do
        daily="otlog --format parquet --table $table --window 1d --hash-key-file key --since 2026-11-$d --until 2026-11-$((d + 1))"
        $daily -o alone/$table-$d.parquet partials/$d.arrow
        $daily -o near/$table-$d.parquet partials
      done
    done
    otlog --format json --window 1d --since 2026-11-16 --until 2026-11-19 logs > report.json`);
  const report = JSON.parse(readFileSync(join(dir, "midnight/report.json"), "utf8"));
  const day = (row) => Number(row.window_start.slice(8, 10));
  const want = {
    errors: report.errors.map((e) => [day(e), e.method, e.error, e.failures, e.sessions]),
    methods: report.methods.filter((m) => m.attempts > 0).map((m) => [day(m), m.method, m.attempts, m.failed_attempts, m.successes, m.open]),
    sessions: report.windows.map((w) => [day({ window_start: w.start ?? w.window_start }), w.sessions]),
    whole: [[report.totals.sessions, report.totals.sessions_failed, report.totals.failures]],
  };
  assert.deepEqual(want.errors, [[16, "Session.publish", "OT_TIMEOUT", 1, 1], [17, "Session.connect", "OT_CONNECT_FAILED", 1, 1], [17, "Session.subscribe", "OT_ICE_WORKFLOW_FAILED", 1, 1]]);
  const counted = async (files) => {
    const rows = async (sql) => (await query(sql.replaceAll("$", `midnight/${files}`))).getRows().map((row) => row.map((v) => (typeof v === "bigint" ? Number(v) : v)));
    const start = "day(window_start)";
    return {
      errors: await rows(`SELECT ${start}, method, error, sum(failures)::BIGINT, count(DISTINCT session) FILTER (failures > 0) FROM '$/errors-*.parquet' GROUP BY ALL HAVING sum(failures) > 0 ORDER BY ALL`),
      methods: await rows(`SELECT ${start}, method, sum(attempts)::BIGINT, sum(failed_attempts)::BIGINT, sum(successes)::BIGINT, sum(open)::BIGINT FROM '$/methods-*.parquet' GROUP BY ALL HAVING sum(attempts) > 0 ORDER BY ALL`),
      sessions: await rows(`SELECT ${start}, count(DISTINCT session) FROM '$/sessions-*.parquet' GROUP BY ALL ORDER BY ALL`),
      whole: await rows("SELECT (SELECT count(DISTINCT session) FROM '$/sessions-*.parquet'), count(DISTINCT session) FILTER (failures > 0), sum(failures)::BIGINT FROM '$/errors-*.parquet'"),
    };
  };
  assert.deepEqual(await counted("near"), want);
  const alone = await counted("alone"); // the traps that the recipe avoids
  for (const table of ["errors", "methods", "whole"]) assert.notDeepEqual(alone[table], want[table], table);
});
