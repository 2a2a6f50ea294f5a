// Counts the records of a log by day and error name in DuckDB: node duckdb.mjs FILE TIME NAME
//
// TIME and NAME are regular expressions with one group. Without arguments it prints the version.
import { DuckDBInstance } from "@duckdb/node-api";

const [file, time, name] = process.argv.slice(2);
const text = (s) => `'${s.replaceAll("'", "''")}'`;
const db = await (await DuckDBInstance.create(":memory:")).connect();
if (!file) {
  console.log((await db.runAndReadAll("SELECT version()")).getRows()[0][0]);
  process.exit(0);
}
// One column has the whole line: no byte of the log is the delimiter, a quote or an escape.
const result = await db.runAndReadAll(`
  SELECT CASE WHEN length(time) = 13 THEN CAST(CAST(time AS BIGINT) // 86400000 AS VARCHAR) ELSE time END AS day, name, count(*)
  FROM (SELECT regexp_extract(line, ${text(time)}, 1) AS time, regexp_extract(line, ${text(name)}, 1) AS name
        FROM read_csv(${text(file)}, columns = {'line': 'VARCHAR'}, header = false, auto_detect = false,
                      delim = chr(1), quote = '', escape = '', max_line_size = 1048576)
        WHERE contains(line, 'OT_') OR contains(line, 'PROXY_URL'))
  WHERE name <> ''
  GROUP BY ALL`);
for (const row of result.getRows()) console.log(row.join(" "));
