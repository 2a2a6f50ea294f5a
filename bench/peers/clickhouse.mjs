// Counts the records of a log by day and error name in ClickHouse: node clickhouse.mjs FILE TIME NAME
//
// TIME and NAME are regular expressions with one group. Without arguments it prints the version.
import { query } from "chdb";

const [file, time, name] = process.argv.slice(2);
const text = (s) => `'${s.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
if (!file) {
  process.stdout.write(query("SELECT version()", "TSV"));
  process.exit(0);
}
process.stdout.write(
  query(
    `SELECT if(length(time) = 13, toString(intDiv(toUInt64OrZero(time), 86400000)), time) AS day, name, count()
     FROM (SELECT extract(line, ${text(time)}) AS time, extract(line, ${text(name)}) AS name
           FROM file(${text(file)}, 'LineAsString', 'line String')
           WHERE position(line, 'OT_') > 0 OR position(line, 'PROXY_URL') > 0)
     WHERE name != ''
     GROUP BY day, name`,
    "TSV",
  ),
);
