package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"html"
	"strings"
	"testing"
)

// line64 returns the time and the line of a record in base64.
func line64(x *exported) string {
	return base64.StdEncoding.EncodeToString([]byte(x.rfc() + " " + x.line()))
}

// rewritten are texts whose records are neither lines nor JSON, made of plain.log. docs/formats.md has
// a row for each.
var rewritten = []struct {
	file, product string
	write         func(log []exported) string
}{
	{"base64.txt", "A file in base64", func(log []exported) string {
		var b, out strings.Builder
		for i := range log {
			b.WriteString(log[i].rfc() + " " + log[i].line() + "\n")
		}
		const width = 76
		for rest := base64.StdEncoding.EncodeToString([]byte(b.String())); rest != ""; {
			n := min(len(rest), width)
			out.WriteString(rest[:n] + "\n")
			rest = rest[n:]
		}
		return out.String()
	}},
	{"kafka-rest.json", "Kafka REST: `value`", func(log []exported) string {
		return each(log, func(x *exported) any { return object{"topic": "web", "key": nil, "value": line64(x), "partition": 0} })
	}},
	{"pubsub.json", "Pub/Sub: `message.data`", func(log []exported) string {
		return pretty(each(log, func(x *exported) any {
			return object{"ackId": "a", "message": object{"data": line64(x), "publishTime": x.rfc()}}
		}))
	}},
	{"cloudwatch-event.json", "CloudWatch: `awslogs.data`", func(log []exported) string {
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.NoCompression) // the same in each version of Go
		w.Write([]byte(`{"messageType":"DATA_MESSAGE","logEvents":` + each(log, func(x *exported) any {
			return object{"timestamp": x.millis(), "message": x.line()}
		}) + "}"))
		w.Close()
		return oneLine(object{"awslogs": object{"data": base64.StdEncoding.EncodeToString(b.Bytes())}})
	}},
	{"syslog-octets.log", "Syslog with the length of each message", func(log []exported) string {
		var b strings.Builder
		for i := range log {
			message := fmt.Sprintf("<11>1 %s web-0 app 12 - - %s", log[i].rfc(), log[i].line())
			fmt.Fprintf(&b, "%d %s", len(message), message)
		}
		return b.String()
	}},
	{"java-logging.xml", "XML: java.util.logging", func(log []exported) string {
		var b strings.Builder
		b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE log SYSTEM \"logger.dtd\">\n<log>\n")
		for i := range log {
			fmt.Fprintf(&b, "<record>\n  <date>%s</date>\n  <millis>%d</millis>\n  <level>SEVERE</level>\n  <message>%s</message>\n</record>\n",
				log[i].at.Format("2006-01-02T15:04:05"), log[i].millis(), html.EscapeString(log[i].line()))
		}
		return b.String() + "</log>\n"
	}},
	{"splunk.xml", "XML: results of Splunk", func(log []exported) string {
		var b strings.Builder
		b.WriteString("<?xml version='1.0' encoding='UTF-8'?>\n<results preview='0'>\n")
		for i := range log {
			fmt.Fprintf(&b, "<result offset='%d'><field k='_time'><value><text>%s</text></value></field><field k='_raw'><v xml:space='preserve' trim='0'>%s</v></field></result>\n",
				i, log[i].rfc(), html.EscapeString(log[i].line()))
		}
		return b.String() + "</results>\n"
	}},
	{"junit.xml", "XML: lines in a report of tests", func(log []exported) string {
		var b strings.Builder
		b.WriteString("<?xml version=\"1.0\"?>\n<testsuites>")
		for _, session := range sessionsOf(log) {
			b.WriteString("<testsuite name=\"call\"><testcase name=\"joins\"><failure message=\"timed out\"/><system-out><![CDATA[")
			for i := range session {
				b.WriteString(session[i].rfc() + " " + session[i].line() + "\n")
			}
			b.WriteString("]]></system-out></testcase></testsuite>\n")
		}
		return b.String() + "</testsuites>\n"
	}},
	{"page.html", "HTML: a table", func(log []exported) string {
		var b strings.Builder
		b.WriteString("<!DOCTYPE html>\n<html><head><title>Log</title></head><body><table>\n")
		for i := range log {
			fmt.Fprintf(&b, "<tr>\n  <td>%s</td>\n  <td>%s</td>\n</tr>\n", log[i].rfc(), html.EscapeString(log[i].line()))
		}
		return b.String() + "</table></body></html>\n"
	}},
	{"pasted.rtf", "RTF: pasted lines", func(log []exported) string {
		var b strings.Builder
		b.WriteString("{\\rtf1\\ansi{\\fonttbl{\\f0 Courier New;}}\\f0 ")
		escape := strings.NewReplacer("{", "\\{", "}", "\\}", "\\", "\\\\", "\n", "\\par\n")
		for i := range log {
			b.WriteString(escape.Replace(log[i].rfc() + " " + log[i].line() + "\n"))
		}
		return b.String() + "}\n"
	}},
}

// TestRewrittenTextsGiveTheSameFailures compares each text with the plain log.
func TestRewrittenTextsGiveTheSameFailures(t *testing.T) { checkExports(t, rewritten) }
