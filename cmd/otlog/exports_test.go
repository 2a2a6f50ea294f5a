package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const exportsDir = "../../testdata/exports/"

// An exported is a record of plain.log.
type exported struct {
	at            time.Time
	session, text string
}

func (x *exported) line() string  { return "session=" + x.session + " " + x.text }
func (x *exported) rfc() string   { return x.at.Format("2006-01-02T15:04:05.000Z") }
func (x *exported) sql() string   { return x.at.Format("2006-01-02 15:04:05.000") }
func (x *exported) millis() int64 { return x.at.UnixMilli() }
func (x *exported) nanos() string { return fmt.Sprint(x.at.UnixNano()) }
func (x *exported) seconds() string {
	return fmt.Sprintf("%d.%03d", x.at.Unix(), x.at.UnixMilli()%1000)
}

// readExported reads plain.log.
func readExported(t *testing.T) []exported {
	t.Helper()
	data, err := os.ReadFile(exportsDir + "plain.log")
	if err != nil {
		t.Fatal(err)
	}
	var all []exported
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		at, rest, _ := strings.Cut(line, " session=")
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil { // a stack line
			last := &all[len(all)-1]
			last.text += "\n" + line
			continue
		}
		session, text, _ := strings.Cut(rest, " ")
		all = append(all, exported{instant, session, text})
	}
	return all
}

// A row is a JSON array.
type row []any

// each returns a JSON array with an element for each record.
func each(log []exported, of func(x *exported) any) string {
	var all []any
	for i := range log {
		all = append(all, of(&log[i]))
	}
	return oneLine(all)
}

// sessionsOf divides a log by session.
func sessionsOf(log []exported) [][]exported {
	var out [][]exported
	for _, x := range log {
		i := slices.IndexFunc(out, func(of []exported) bool { return of[0].session == x.session })
		if i < 0 {
			i = len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], x)
	}
	return out
}

// perSession returns JSON values, separated by commas, one for each session.
func perSession(log []exported, of func(n int, session []exported) string) string {
	var all []string
	for i, s := range sessionsOf(log) {
		all = append(all, of(i, s))
	}
	return strings.Join(all, ",")
}

func timeAndLine(x *exported) any { return row{x.rfc(), x.line()} }

// singleQuoted returns a string as Python and Node.js print it.
func singleQuoted(s string) string {
	return "'" + strings.NewReplacer("'", `\'`, "\n", `\n`).Replace(s) + "'"
}

// exports are exports of plain.log in the shapes of products. docs/formats.md has a row for each.
var exports = []struct {
	file, product string
	write         func(log []exported) string
}{
	{"loki.json", "Loki: `query_range`", func(log []exported) string {
		return `{"status":"success","data":{"resultType":"streams","result":[` + perSession(log, func(n int, s []exported) string {
			return fmt.Sprintf(`{"stream":{"app":"web","room":%q},"values":%s}`, s[0].session, each(s, func(x *exported) any { return row{x.nanos(), x.text} }))
		}) + `],"stats":{"summary":{"execTime":0.01}}}}`
	}},
	{"loki-pages.jsonl", "Loki: answers one per line", func(log []exported) string {
		var b strings.Builder
		for _, s := range sessionsOf(log) {
			fmt.Fprintf(&b, `{"status":"success","data":{"resultType":"streams","result":[{"stream":{"app":"web"},"values":%s}]}}`+"\n", each(s, func(x *exported) any { return row{x.nanos(), x.line()} }))
		}
		return b.String()
	}},
	{"grafana-frames.json", "Grafana: data frames", func(log []exported) string {
		return `{"results":{"A":{"status":200,"frames":[{"schema":{"refId":"A","fields":[{"name":"labels","type":"other"},{"name":"Time","type":"time"},{"name":"Line","type":"string"}]},"data":{"values":[` +
			each(log, func(*exported) any { return object{"app": "web"} }) + "," + each(log, func(x *exported) any { return x.millis() }) + "," + each(log, func(x *exported) any { return x.line() }) + `]}}]}}}`
	}},
	{"azure-log-analytics.json", "Azure Log Analytics: `tables[].rows[]`", func(log []exported) string {
		return `{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},{"name":"Message","type":"string"}],"rows":` + each(log, timeAndLine) + `}]}`
	}},
	{"kusto.json", "Azure Data Explorer: frames", func(log []exported) string {
		return `[{"FrameType":"DataSetHeader","Version":"v2.0"},{"FrameType":"DataTable","TableKind":"PrimaryResult","Columns":[{"ColumnName":"Timestamp","ColumnType":"datetime"},{"ColumnName":"Message","ColumnType":"string"}],"Rows":` + each(log, timeAndLine) + `},{"FrameType":"DataSetCompletion","HasErrors":false}]`
	}},
	{"esql.json", "Elasticsearch: ES\\|QL", func(log []exported) string {
		return `{"took":3,"columns":[{"name":"@timestamp","type":"date"},{"name":"message","type":"text"}],"values":` + each(log, timeAndLine) + `}`
	}},
	{"esql-columnar.json", "Elasticsearch: ES\\|QL by columns", func(log []exported) string {
		return `{"columns":[{"name":"@timestamp","type":"date"},{"name":"message","type":"text"}],"values":[` + each(log, func(x *exported) any { return x.rfc() }) + "," + each(log, func(x *exported) any { return x.line() }) + `]}`
	}},
	{"elasticsearch-aggregation.json", "Elasticsearch: top hits of aggregations", func(log []exported) string {
		return `{"took":3,"hits":{"total":{"value":20},"hits":[]},"aggregations":{"rooms":{"buckets":[` + perSession(log, func(n int, s []exported) string {
			return fmt.Sprintf(`{"key":%q,"doc_count":%d,"last":{"hits":{"hits":%s}}}`, s[0].session, len(s), each(s, func(x *exported) any {
				return object{"_index": "web", "_source": object{"@timestamp": x.rfc(), "message": x.text}}
			}))
		}) + `]}}}`
	}},
	{"opensearch-sql.json", "OpenSearch: SQL and PPL", func(log []exported) string {
		return `{"schema":[{"name":"time","type":"timestamp"},{"name":"message","type":"text"}],"datarows":` + each(log, func(x *exported) any { return row{x.sql(), x.line()} }) + `,"total":20,"size":20,"status":200}`
	}},
	{"splunk-rows.json", "Splunk: `json_rows`", func(log []exported) string {
		return `{"preview":false,"init_offset":0,"fields":["_time","_raw"],"rows":` + each(log, timeAndLine) + `}`
	}},
	{"splunk-cols.json", "Splunk: `json_cols`", func(log []exported) string {
		return `{"preview":false,"init_offset":0,"fields":["_time","_raw"],"columns":[` + each(log, func(x *exported) any { return x.rfc() }) + "," + each(log, func(x *exported) any { return x.line() }) + `]}`
	}},
	{"newrelic-nrql.json", "New Relic: NRQL", func(log []exported) string {
		return `{"results":[{"events":` + each(log, func(x *exported) any { return object{"timestamp": x.millis(), "message": x.line()} }) + `}],"performanceStats":{"inspectedCount":20},"metadata":{"beginTime":"2026-11-23T00:00:00Z","eventType":"Log"}}`
	}},
	{"newrelic-nerdgraph.json", "New Relic: NerdGraph", func(log []exported) string {
		return pretty(`{"data":{"actor":{"account":{"nrql":{"results":` + each(log, func(x *exported) any {
			return object{"timestamp": x.millis(), "message": x.text, "opentokSessionId": x.session}
		}) + `}}}}}`)
	}},
	{"rollbar.json", "Rollbar: instances", func(log []exported) string {
		return pretty(`{"err":0,"result":{"page":1,"instances":` + each(log, func(x *exported) any {
			return object{"id": 1, "timestamp": json.Number(x.seconds()), "data": object{"level": "error", "body": object{"message": object{"body": x.line()}}}}
		}) + `}}`)
	}},
	{"sentry-webapi.json", "Sentry: events of the web API", func(log []exported) string {
		return pretty("[" + perSession(log, func(n int, s []exported) string {
			return fmt.Sprintf(`{"eventID":"e%d","dateCreated":%q,"tags":[{"key":"room","value":%q}],"entries":[{"type":"breadcrumbs","data":{"values":%s}},{"type":"exception","data":{"values":[{"type":"Error","value":"call failed","stacktrace":{"frames":[{"context":[[1,"throw OT_TIMEOUT"]]}]}}]}}]}`,
				n, s[0].rfc(), s[0].session, each(s, func(x *exported) any {
					return object{"timestamp": x.rfc(), "category": "console", "message": x.text}
				}))
		}) + "]")
	}},
	{"graphql.json", "GraphQL: edges and nodes", func(log []exported) string {
		return `{"data":{"logs":{"pageInfo":{"hasNextPage":false},"edges":` + each(log, func(x *exported) any {
			return object{"cursor": "c", "node": object{"timestamp": x.rfc(), "message": x.line()}}
		}) + `}}}`
	}},
	{"firebase.json", "Firebase: objects by ID", func(log []exported) string {
		members := object{}
		for i := range log {
			members[fmt.Sprintf("-Nb%02dk", i)] = object{"timestamp": log[i].millis(), "message": log[i].text, "session": log[i].session}
		}
		return pretty(oneLine(object{"logs": members}))
	}},
	{"bigquery.json", "BigQuery: `rows[].f[].v`", func(log []exported) string {
		return `{"kind":"bigquery#queryResponse","schema":{"fields":[{"name":"timestamp","type":"TIMESTAMP"},{"name":"message","type":"STRING"}]},"rows":` + each(log, func(x *exported) any {
			return object{"f": []object{{"v": fmt.Sprintf("%.12E", float64(x.millis())/1000)}, {"v": x.line()}}}
		}) + `,"totalRows":"20"}`
	}},
	{"athena.json", "Athena: `ResultSet.Rows[]`", func(log []exported) string {
		rows := each(log, func(x *exported) any {
			return object{"Data": []object{{"VarCharValue": x.sql()}, {"VarCharValue": x.line()}}}
		})
		return pretty(`{"UpdateCount":0,"ResultSet":{"Rows":[{"Data":[{"VarCharValue":"ts"},{"VarCharValue":"message"}]},` + rows[1:] + `,"ResultSetMetadata":{"ColumnInfo":[{"Name":"ts"},{"Name":"message"}]}}}`)
	}},
	{"trino.json", "Trino: `columns[]` and `data[]`", func(log []exported) string {
		return `{"id":"q","columns":[{"name":"at","type":"timestamp"},{"name":"line","type":"varchar"}],"data":` + each(log, func(x *exported) any { return row{x.sql() + " UTC", x.line()} }) + `,"stats":{"state":"FINISHED"}}`
	}},
	{"druid.json", "Druid: `array` with a header", func(log []exported) string {
		return `[["__time","message"],` + each(log, timeAndLine)[1:]
	}},
	{"clickhouse.json", "ClickHouse: `JSONCompact`", func(log []exported) string {
		return pretty(`{"meta":[{"name":"t","type":"DateTime64(3)"},{"name":"m","type":"String"}],"data":` + each(log, func(x *exported) any { return row{x.sql(), x.line()} }) + `,"rows":20}`)
	}},
	{"snowflake.json", "Snowflake: SQL API", func(log []exported) string {
		return `{"resultSetMetaData":{"numRows":20,"rowType":[{"name":"CREATED_AT","type":"timestamp_ltz"},{"name":"MESSAGE","type":"text"}]},"data":` + each(log, func(x *exported) any { return row{x.seconds() + "000000", x.line()} }) + `,"code":"090001","message":"Statement executed successfully.","createdOn":1795500000000}`
	}},
	{"databricks.json", "Databricks: `data_array`", func(log []exported) string {
		return `{"statement_id":"s","manifest":{"schema":{"column_count":2,"columns":[{"name":"time"},{"name":"msg"}]}},"result":{"row_count":20,"data_array":` + each(log, timeAndLine) + `}}`
	}},
	{"influxdb.json", "InfluxDB: `series[].values[]`", func(log []exported) string {
		return `{"results":[{"statement_id":0,"series":[` + perSession(log, func(n int, s []exported) string {
			return fmt.Sprintf(`{"name":"logs","tags":{"room":%q},"columns":["time","line"],"values":%s}`, s[0].session, each(s, func(x *exported) any { return row{x.rfc(), x.text} }))
		}) + `]}]}`
	}},
	{"datasette.json", "Datasette: rows before columns", func(log []exported) string {
		return `{"database":"logs","rows":` + each(log, func(x *exported) any { return row{7, x.rfc(), x.line()} }) + `,"truncated":false,"columns":["id","at","line"]}`
	}},
	{"google-sheets.json", "Google Visualization: `table.rows[].c[]`", func(log []exported) string {
		return `{"version":"0.6","table":{"cols":[{"id":"A","label":"Time"},{"id":"B","label":"Message"}],"rows":` + each(log, func(x *exported) any {
			return object{"c": []object{{"v": x.rfc()}, {"v": x.line()}}}
		}) + `}}`
	}},
	{"pandas-split.json", "pandas: `split`", func(log []exported) string {
		return `{"columns":["time","message"],"index":` + each(log, func(*exported) any { return 0 }) + `,"data":` + each(log, timeAndLine) + `}`
	}},
	{"pandas-columns.json", "pandas: `columns`", func(log []exported) string {
		times, lines := object{}, object{}
		for i := range log {
			key := fmt.Sprintf("%02d", i)
			times[key], lines[key] = log[i].rfc(), log[i].line()
		}
		return oneLine(object{"time": times, "message": lines})
	}},
	{"sns.json", "Amazon SNS: a subscription in a string", func(log []exported) string {
		return oneLine(object{"Type": "Notification", "Timestamp": "2026-11-24T00:00:00Z", "Message": `{"messageType":"DATA_MESSAGE","logStream":"web","logEvents":` + each(log, func(x *exported) any {
			return object{"id": "1", "timestamp": x.millis(), "message": x.line()}
		}) + `}`})
	}},
	{"lambda.json", "AWS Lambda: a `body` in a string", func(log []exported) string {
		return oneLine(object{"statusCode": 200, "body": each(log, func(x *exported) any { return object{"time": x.rfc(), "message": x.line()} })})
	}},
	{"ci-job.json", "CI: a log in a string", func(log []exported) string {
		return oneLine(object{"job": "e2e", "status": "failed", "log": plainText(log)})
	}},
	{"lines.json", "Lines of a log in an array", func(log []exported) string {
		return pretty(`{"lines":` + each(log, func(x *exported) any { return x.rfc() + " " + x.line() }) + `}`)
	}},
	{"google-cloud-read.json", "Google Cloud: `entries[]`", func(log []exported) string {
		return pretty(`{"entries":` + each(log, func(x *exported) any {
			return object{"insertId": "a", "timestamp": x.rfc(), "receiveTimestamp": "2026-11-24T00:00:00Z", "jsonPayload": object{"message": x.line()}}
		}) + `,"nextPageToken":"n"}`)
	}},
	{"puppeteer.json", "Puppeteer: console messages", func(log []exported) string {
		return `{"startedAt":"2026-11-23T10:00:00Z","console":` + each(log, func(x *exported) any {
			return object{"type": "error", "timestamp": x.millis(), "args": []object{{"type": "string", "value": x.line()}}}
		}) + `}`
	}},
	{"kafka.txt", "Kafka: kcat, Unix times in lines", func(log []exported) string {
		return lines(log, func(n int, x *exported) string { return fmt.Sprintf("%d|%d|%s", n, x.millis(), x.firstLine()) })
	}},
	{"influx-lines.txt", "InfluxDB: line protocol", func(log []exported) string {
		return lines(log, func(_ int, x *exported) string {
			return fmt.Sprintf("logs,host=web msg=\"%s\" %s", x.firstLine(), x.nanos())
		})
	}},
	{"cloudwatch-text.txt", "AWS CLI: `--output text`", func(log []exported) string {
		return "b/3812\tf/3813\n" + lines(log, func(_ int, x *exported) string {
			return fmt.Sprintf("EVENTS\t%d\t%s\t%d", x.millis()+800, x.firstLine(), x.millis())
		})
	}},
	{"excel-days.csv", "Excel: days as numbers", func(log []exported) string {
		return "When,What\n" + csvRows(log, func(x *exported) string {
			return fmt.Sprintf("%.9f,", 25569+float64(x.millis())/(24*3600*1000))
		})
	}},
	{"excel-two-columns.csv", "Excel: a date and a time of day", func(log []exported) string {
		return "Datum,Uhrzeit,Meldung\n" + csvRows(log, func(x *exported) string { return x.at.Format("02.01.2006,15:04:05.000,") })
	}},
	{"oracle.csv", "Oracle: SQL Developer", func(log []exported) string {
		return "\"TS\",\"LINE\"\n" + csvRows(log, func(x *exported) string {
			return strings.ToUpper(x.at.Format("02-Jan-06 03.04.05.000000000 PM,"))
		})
	}},
	{"powershell.json", "PowerShell: `ConvertTo-Json`", func(log []exported) string {
		return each(log, func(x *exported) any {
			return object{"TimeCreated": fmt.Sprintf("/Date(%d)/", x.millis()), "Id": 1, "Message": x.line()}
		})
	}},
	{"dynamodb.jsonl", "DynamoDB: export to S3", func(log []exported) string {
		return lines(log, func(_ int, x *exported) string {
			return oneLine(object{"Item": object{"at": object{"N": fmt.Sprint(x.millis())}, "line": object{"S": x.line()}}})
		})
	}},
	{"mongodb.jsonl", "MongoDB: `mongoexport`", func(log []exported) string {
		return lines(log, func(_ int, x *exported) string {
			return oneLine(object{"_id": object{"$oid": "5f"}, "createdAt": object{"$date": object{"$numberLong": fmt.Sprint(x.millis())}}, "line": x.line()})
		})
	}},
	{"firestore.json", "Firestore: seconds and nanoseconds", func(log []exported) string {
		return each(log, func(x *exported) any {
			return object{"createdAt": object{"_seconds": x.at.Unix(), "_nanoseconds": x.at.Nanosecond()}, "line": x.line()}
		})
	}},
	{"coralogix.jsonl", "Coralogix: DataPrime", func(log []exported) string {
		return lines(log, func(_ int, x *exported) string {
			return oneLine(object{"result": object{"results": []object{{
				"metadata": []object{{"key": "severity", "value": "5"}, {"key": "timestamp", "value": x.rfc()}},
				"userData": oneLine(object{"text": x.line()}),
			}}}})
		})
	}},
	{"json-seq.txt", "JSON text sequences: `journalctl -o json-seq`", func(log []exported) string {
		return lines(log, func(_ int, x *exported) string {
			return "\x1e" + oneLine(object{"__REALTIME_TIMESTAMP": fmt.Sprint(x.at.UnixMicro()), "MESSAGE": x.line()})
		})
	}},
	{"server-sent-events.txt", "Server-sent events", func(log []exported) string {
		return lines(log, func(n int, x *exported) string {
			return fmt.Sprintf("id: %d\nevent: log\ndata: %s\n", n, oneLine(object{"madeAt": x.millis(), "line": x.line()}))
		})
	}},
	{"cloudflare-logpush.jsonl", "Cloudflare Logpush: Workers", func(log []exported) string {
		return lines(log, func(_ int, x *exported) string {
			return oneLine(object{"Event": object{"RayID": "x"}, "EventTimestampMs": x.millis(), "Logs": []object{{"Level": "error", "Message": []string{x.line()}, "TimestampMs": x.millis()}}, "Outcome": "ok"})
		})
	}},
	{"stern.jsonl", "stern: the time in the message", func(log []exported) string {
		return lines(log, func(_ int, x *exported) string {
			return oneLine(object{"message": x.rfc() + " " + x.line(), "podName": "web-0"})
		})
	}},
	{"playwright.json", "Playwright: the time in each output", func(log []exported) string {
		return `{"suites":[{"specs":[{"tests":[{"results":[{"startTime":"2026-11-23T10:44:00Z","stdout":` + each(log, func(x *exported) any { return object{"text": x.rfc() + " " + x.line() + "\n"} }) + `}]}]}]}]}`
	}},
	{"null-first.json", "Arrays that begin with `null`", func(log []exported) string {
		return `[null,` + each(log, func(x *exported) any { return object{"timestamp": x.rfc(), "textPayload": x.line()} })[1:]
	}},
	{"after-prose.log", "Text before a log", func(log []exported) string {
		return strings.Repeat("Dear team, this is what the clinic sent.\n", 400) + lines(log, func(_ int, x *exported) string { return "+ web-0 › web " + x.rfc() + " " + x.firstLine() })
	}},
	{"posts.har", "HAR: what a page sends to a server of its own", func(log []exported) string {
		return pretty(`{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":` + each(log, func(x *exported) any {
			return object{"startedDateTime": x.rfc(), "time": 1, "request": object{"method": "POST", "url": "https://clinic.example/log", "postData": object{"mimeType": "application/json", "text": oneLine(object{"ts": x.rfc(), "message": x.line()})}}, "response": object{"status": 204}}
		}) + `}}`)
	}},
	{"webdriver.json", "WebDriver: logs of the browser", func(log []exported) string {
		return `{"value":` + each(log, func(x *exported) any {
			return object{"level": "SEVERE", "source": "console-api", "timestamp": x.millis(), "message": x.line()}
		}) + `,"sessionId":"4f0e1b2c3d4e5f60718293a4b5c6d7e8"}`
	}},
	{"burst.jsonl", "Uploads: the time of arrival outside, that of the client in the text", func(log []exported) string {
		return lines(log, func(n int, x *exported) string {
			return oneLine(object{"timestamp": 1795597200000 + 3*n, "message": x.rfc() + " " + x.line(), "host": "collector"})
		})
	}},
	{"tickets.jsonl", "Tickets: a log in the text of one", func(log []exported) string {
		return `{"id":1,"created_at":"2026-11-24T09:00:00Z","body":"Hello"}` + "\n" +
			oneLine(object{"id": 2, "created_at": "2026-11-24T09:01:00Z", "body": "We see:\n{noformat}" + plainText(log) + "{noformat}\n"}) + "\n" +
			`{"id":3,"created_at":"2026-11-24T09:02:00Z","body":"Thanks"}` + "\n"
	}},
	{"tickets.csv", "Tickets: a log in a cell, as HTML", func(log []exported) string {
		text := strings.NewReplacer("\n", "<br>", "'", "&#39;", `"`, "&quot;").Replace(plainText(log))
		return "id,created_at,description\n1,2026-11-24T09:00:00Z,Hello\n2,2026-11-24T09:01:00Z,\"<p>We see:</p><p>" + text + "</p>\"\n3,2026-11-24T09:02:00Z,Thanks\n"
	}},
	{"uploads.jsonl", "Uploads: lines that a client sends together", func(log []exported) string {
		var b strings.Builder
		for _, s := range sessionsOf(log) {
			b.WriteString(`{"receivedAt":"2026-11-24T09:00:00Z","room":"` + s[0].session + `","logs":` + each(s, func(x *exported) any { return object{"t": x.millis(), "m": x.text} }) + "}\n")
		}
		return b.String()
	}},
	{"responses.log", "Answers of an API in an application's log", func(log []exported) string {
		return "2026-11-24T09:00:00.000Z INFO GET /logs\n" +
			`2026-11-24T09:00:01.000Z INFO response {"status":200,"data":` + each(log, func(x *exported) any { return object{"timestamp": x.rfc(), "message": x.line()} }) + "}\n" +
			"2026-11-24T09:00:02.000Z INFO done\n"
	}},
	{"mysqldump.sql", "mysqldump: many rows in a statement", func(log []exported) string {
		var rows []string
		for i := range log {
			text := strings.NewReplacer("\n", `\n`, `"`, `\"`, "'", `\'`).Replace(log[i].line())
			rows = append(rows, fmt.Sprintf("(%d,'%s','%s')", i+1, log[i].sql(), text))
		}
		return "-- MySQL dump 10.13\nLOCK TABLES `logs` WRITE;\nINSERT INTO `logs` VALUES " + strings.Join(rows, ",") + ";\nUNLOCK TABLES;\n"
	}},
	{"jsonp.txt", "JSONP", func(log []exported) string {
		return "/**/callback(" + pretty(`{"events":`+each(log, func(x *exported) any { return object{"timestamp": x.millis(), "message": x.line()} })+`}`) + ");\n"
	}},
	{"node-console.txt", "Node.js: an array on the console", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			fmt.Fprintf(&b, "  {\n    time: %s,\n    message: %s,\n    context: [Object]\n  },\n", log[i].rfc(), strings.ReplaceAll(singleQuoted(log[i].line()), `\n`, `\n' +`+"\n      '"))
		}
		return "[\n" + strings.TrimSuffix(b.String(), ",\n") + "\n]\n"
	}},
	{"python-pprint.txt", "Python: pprint", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			x := &log[i]
			fmt.Fprintf(&b, " {'message': %s,\n  'time': datetime.datetime(2026, 11, 23, %d, %d, %d, %d, tzinfo=datetime.timezone.utc)},\n", strings.ReplaceAll(singleQuoted(x.line()), " color", " '\n             'color"), x.at.Hour(), x.at.Minute(), x.at.Second(), x.millis()%1000*1000)
		}
		return "[" + strings.TrimSuffix(b.String(), ",\n")[1:] + "]\n"
	}},
	{"google-cloud-read.yaml", "Google Cloud: `gcloud logging read`", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			fmt.Fprintf(&b, "---\ninsertId: a\nresource:\n  labels:\n    pod_name: web-0\n  type: k8s_container\nseverity: ERROR\ntextPayload: %s\ntimestamp: '%s'\n", strings.ReplaceAll(oneLine(log[i].line()), " color", "\\\n  \\ color"), log[i].rfc())
		}
		return b.String()
	}},
	{"mysql.txt", "MySQL: `\\G`", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			stars := strings.Repeat("*", 27)
			fmt.Fprintf(&b, "%s %d. row %s\n        id: %d\ncreated_at: %s\n      line: %s\n", stars, i+1, stars, i, log[i].sql(), log[i].line())
		}
		return b.String() + "20 rows in set (0.00 sec)\n"
	}},
	{"psql-expanded.txt", "PostgreSQL: `\\x`", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			fmt.Fprintf(&b, "-[ RECORD %d ]-----\nts   | %s+00\nline | %s\n", i+1, log[i].sql(), strings.ReplaceAll(log[i].line(), "\n", "+\n     | "))
		}
		return b.String() + "\n"
	}},
	{"sqlite-line.txt", "SQLite: `.mode line`", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			fmt.Fprintf(&b, "created_at = %s\n      line = %s\n\n", log[i].sql(), log[i].line())
		}
		return b.String()
	}},
	{"clickhouse-vertical.txt", "ClickHouse: `Vertical`", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			fmt.Fprintf(&b, "Row %d:\n──────\nts:  %s\nmsg: %s\n\n", i+1, log[i].sql(), log[i].line())
		}
		return b.String()
	}},
	{"format-list.txt", "PowerShell: Format-List", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			fmt.Fprintf(&b, "TimeCreated : %s\nMessage     : %s\n\n", log[i].rfc(), strings.ReplaceAll(log[i].line(), " color:", "\n              color:"))
		}
		return "\n" + b.String()
	}},
	{"toml.txt", "TOML: an array of tables", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			fmt.Fprintf(&b, "[[entries]]\ntime = %s\nmessage = %s\n\n", log[i].rfc(), oneLine(log[i].line()))
		}
		return b.String()
	}},
	{"prototext.txt", "Protocol buffers: text format", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			fmt.Fprintf(&b, "entries {\n  timestamp {\n    seconds: %d\n    nanos: %d\n  }\n  text_payload: %s\n}\n", log[i].at.Unix(), log[i].at.Nanosecond(), oneLine(log[i].line()))
		}
		return b.String()
	}},
	{"redis-xrange.txt", "Redis: `XRANGE`", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			fmt.Fprintf(&b, "%2d) 1) \"%d-0\"\n    2) 1) \"line\"\n       2) %s\n", i+1, log[i].millis(), oneLine(log[i].line()))
		}
		return b.String()
	}},
	{"logcat-long.txt", "Android: `logcat -v long,year`", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			fmt.Fprintf(&b, "[ %s  1234: 5678 E/chromium ]\n%s\n\n", log[i].sql(), log[i].line())
		}
		return b.String()
	}},
	{"aws-table.txt", "AWS: `--output table`", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			fmt.Fprintf(&b, "||  message    |  %s  ||\n||  timestamp  |  %d  ||\n|+-------------+---------+|\n", strings.Split(log[i].line(), "\n")[0], log[i].millis())
		}
		return "---------\n|  FilterLogEvents  |\n+---------+\n||        events         ||\n|+-------------+---------+|\n" + b.String()
	}},
	{"fluent-bit.txt", "Fluent Bit: stdout", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			fmt.Fprintf(&b, "[%d] app.web: [[%s000111, {}], {\"log\"=>%s}]\n", i, log[i].seconds(), oneLine(log[i].line()))
		}
		return b.String()
	}},
}

// firstLine is a line for exports whose records are lines.
func (x *exported) firstLine() string {
	line, _, _ := strings.Cut(x.line(), "\n")
	return line
}

// lines returns a line for each record.
func lines(log []exported, of func(n int, x *exported) string) string {
	var b strings.Builder
	for i := range log {
		b.WriteString(of(i, &log[i]) + "\n")
	}
	return b.String()
}

// csvRows returns a row of a table for each record: cells, and the line of the log.
func csvRows(log []exported, of func(x *exported) string) string {
	var b strings.Builder
	for i := range log {
		b.WriteString(of(&log[i]) + `"` + strings.ReplaceAll(log[i].line(), `"`, `""`) + "\"\n")
	}
	return b.String()
}

// plainText returns the lines of a log.
func plainText(log []exported) string {
	var b strings.Builder
	for i := range log {
		b.WriteString(log[i].rfc() + " " + log[i].line() + "\n")
	}
	return b.String()
}

// A span of a report is what an export must not change.
type reportSpan struct {
	failures, sessions int64
	first, last        string
}

func reportSpanOf(t *testing.T, file string) reportSpan {
	t.Helper()
	var r struct {
		Totals struct {
			Sessions, Failures int64
			Records            map[string]int64
		}
		Errors []struct {
			FirstSeen string `json:"first_seen"`
			LastSeen  string `json:"last_seen"`
		}
	}
	if err := json.NewDecoder(reportOf(t, "", []string{"--format", "json", file})).Decode(&r); err != nil {
		t.Fatal(err)
	}
	if r.Totals.Records["skipped"] > 0 {
		t.Errorf("%d records are skipped", r.Totals.Records["skipped"])
	}
	s := reportSpan{failures: r.Totals.Failures, sessions: r.Totals.Sessions}
	for _, e := range r.Errors {
		if s.first == "" || e.FirstSeen < s.first {
			s.first = e.FirstSeen
		}
		s.last = max(s.last, e.LastSeen)
	}
	return s
}

// TestExportsGiveTheSameFailures compares each export with the plain log.
func TestExportsGiveTheSameFailures(t *testing.T) { checkExports(t, exports) }

// checkExports compares files with the plain log: failures, sessions, first and last time.
func checkExports(t *testing.T, exports []struct {
	file, product string
	write         func(log []exported) string
}) {
	t.Helper()
	log := readExported(t)
	doc, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	want := reportSpanOf(t, exportsDir+"plain.log")
	if want.failures != 4 || want.sessions != 4 || want.first == "" {
		t.Fatalf("the plain log has %+v", want)
	}
	for _, x := range exports {
		t.Run(x.file, func(t *testing.T) {
			text := x.write(log)
			if *updateShapes {
				if err := os.WriteFile(exportsDir+x.file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if file, err := os.ReadFile(exportsDir + x.file); err != nil || string(file) != text {
				t.Errorf("the file is not what is made of plain.log (%v): go test ./cmd/otlog -run Exports -update-shapes", err)
			}
			if got := reportSpanOf(t, exportsDir+x.file); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if !strings.Contains(string(doc), "| "+x.product+" | `"+x.file+"` |") {
				t.Errorf("docs/formats.md has no row for %s", x.product)
			}
		})
	}
	files, err := filepath.Glob(exportsDir + "*")
	if err != nil || len(files) < len(exports)+1 {
		t.Errorf("%d files, %v", len(files), err)
	}
}
