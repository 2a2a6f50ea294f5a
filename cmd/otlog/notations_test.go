package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
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
}

// TestRewrittenTextsGiveTheSameFailures compares each text with the plain log.
func TestRewrittenTextsGiveTheSameFailures(t *testing.T) { checkExports(t, rewritten) }
