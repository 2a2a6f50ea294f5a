package data

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestListings(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"mysql", "mysql> SELECT * FROM logs\\G\n" +
			"*************************** 1. row ***************************\n        id: 1\ncreated_at: 2026-11-23 10:44:25.972\n      line: OT_TIMEOUT: a\n    at f (x.js:1:2)\n" +
			"*************************** 2. row ***************************\n        id: 2\ncreated_at: NULL\n      line: \n2 rows in set (0.00 sec)\n",
			"mysql> SELECT * FROM logs\\G\n" + `{"id":"1","created_at":"2026-11-23 10:44:25.972","line":"OT_TIMEOUT: a\n    at f (x.js:1:2)"}` + "\n" + `{"id":"2","created_at":null,"line":""}` + "\n"},
		{"psql", "-[ RECORD 1 ]---------------\nts   | 2026-11-23 10:44:25.972\nline | OT_TIMEOUT: a | b     +\n     |     at f\n-[ RECORD 2 ]---\nts   | x\nline | \n\n",
			`{"ts":"2026-11-23 10:44:25.972","line":"OT_TIMEOUT: a | b\n    at f"}` + "\n" + `{"ts":"x","line":""}` + "\n"},
		{"clickhouse", "Row 1:\n──────\nts:  2026-11-23 10:44:25.972\nmsg: OT_TIMEOUT: a\n    at f\n\nRow 2:\n──────\nts:  x\nmsg: y: z\n\n2 rows in set. Elapsed: 0.003 sec.\n",
			`{"ts":"2026-11-23 10:44:25.972","msg":"OT_TIMEOUT: a\n    at f"}` + "\n" + `{"ts":"x","msg":"y: z"}` + "\n"},
		{"sqlite", "  id = 1\nline = OT_TIMEOUT = x\n    at f\n\n  id = 2\nline = y\n\n  z = 1\n", `{"id":"1","line":"OT_TIMEOUT = x\n    at f"}` + "\n" + `{"id":"2","line":"y\n\n  z = 1"}` + "\n"},
		{"format-list", "\r\n\r\nTimeCreated : 11/23/2026 10:44:25 AM\r\nMessage     : OT_TIMEOUT:\r\n              toolateandsoonandsoonandsoonandsoo\r\n              nandsoon\r\n              again\r\n                  at f\r\n\r\nTimeCreated : x\r\nMessage     : \r\n\r\n\r\n",
			`{"TimeCreated":"11/23/2026 10:44:25 AM","Message":"OT_TIMEOUT: toolateandsoonandsoonandsoonandsoonandsoon again\n                  at f"}` + "\n" + `{"TimeCreated":"x","Message":""}` + "\n"},
		{"ldif", "# saved\n\ndn: a\n"[9:] + "time: 2026-11-23T10:44:25Z\nmessage: OT_TIMEOUT: a\n    at f\n---\ndn: b\ntime: 1795430665972\nmessage: c\ndn: d\ntime: 1795430665972\n", `{"dn":"a","time":"2026-11-23T10:44:25Z","message":"OT_TIMEOUT: a\n    at f"}` + "\n" + `{"dn":"b","time":"1795430665972","message":"c"}` + "\n" + `{"dn":"d","time":"1795430665972"}` + "\n"},
		{"toml", "title = \"x\"\n[[entries]]\ntime = 2026-11-23T10:44:25.972Z # t\nmessage = \"OT_TIMEOUT\\n\\u0041\"\n[entries.labels]\na.b = [1,\n  2]\n[[entries]]\ntime = 1\nmessage = \"\"\"x\ny\"\"\"\n",
			`{"title":"x"}` + "\n" + `{"time":"2026-11-23T10:44:25.972Z # t","message":"OT_TIMEOUT\nA","labels.a.b":[1,2]}` + "\n" + `{"time":1,"message":"x\ny"}` + "\n"},
		{"ini", "; saved\n[e0]\nat=2026-11-23T10:44:25Z\nmsg = OT_TIMEOUT: a=b\n    at f\n\n[e1]\r\nat=1795430665972\r\nmsg=x\r\n", `{"at":"2026-11-23T10:44:25Z","msg":"OT_TIMEOUT: a=b\n    at f"}` + "\n" + `{"at":"1795430665972","msg":"x"}` + "\n"},
		{"redis", "1) 1) \"1795430665972-0\"\n   2) 1) \"line\"\n      2) \"OT_TIMEOUT \\\"x\\\" \\xe2\\x82\\xac\"\n      3) \"n\"\n      4) (integer) 1\n 2) 1) \"1795430665973-0\"\n    2) 1) \"line\"\n       2) \"1795430665973-0\"\n",
			`{"time":1795430665972,"line":"OT_TIMEOUT \"x\" €","n":"(integer) 1"}` + "\n" + `{"time":1795430665973,"line":"1795430665973-0"}` + "\n"},
		{"logcat", "--------- beginning of main\n[ 11-23 10:44:25.959 1234: 5678 E/chromium ]\nOT_TIMEOUT\n    at f\n\n[ 2026-11-23 10:44:25.959 1234:0x1a I/tag  ]\nx\n",
			"--------- beginning of main\n11-23 10:44:25.959  1234  5678 E chromium: OT_TIMEOUT\n        at f\n2026-11-23 10:44:25.959  1234  0x1a I tag: x"},
		{"aws-table", "-----\n|  FilterLogEvents  |\n+---+\n||    events   ||\n|+--+--+|\n||  id   |  1  ||\n||  message  |  OT_TIMEOUT | x  ||\n||  timestamp  |  1795430665972 ||\n|+--+--+|\n||  id   |  2  ||\n||  message  |  y  ||\n||  timestamp  |  3 ||\n|+--+--+|\n",
			`{"id":"1","message":"OT_TIMEOUT | x","timestamp":"1795430665972"}` + "\n" + `{"id":"2","message":"y","timestamp":"3"}` + "\n"},
		{"aws-table", "-----\n|  Get  |\n+---+\n|  message  |  timestamp  |\n+---+---+\n|  OT_TIMEOUT |  1795430665972 |\n|  x |  2 |\n+---+---+\n",
			`{"message":"OT_TIMEOUT","timestamp":"1795430665972"}` + "\n" + `{"message":"x","timestamp":"2"}` + "\n"},
		{"redis", "1795430665972-0\nline\nOT_TIMEOUT\n    at f\nn\n1\n1795430665973-0\nline\ny\nn\n\n", `{"time":1795430665972,"line":"OT_TIMEOUT\n    at f","n":"1"}` + "\n" + `{"time":1795430665973,"line":"y","n":""}` + "\n"},
		{"wevtutil", "Event[0]:\n  Log Name: App\n  Date: 2026-11-23T10:44:25.972\n  Description: \nOT_TIMEOUT\n  Date: x\n\nEvent[1]:\n  Log Name: App\n", `{"Log Name":"App","Date":"2026-11-23T10:44:25.972","Description":"\nOT_TIMEOUT\n  Date: x"}` + "\n" + `{"Log Name":"App"}` + "\n"},
		{"sqlplus", "\nTS\n----\nLINE\n----\n23-NOV-26 10.44.25.972000 PM\nOT_TIMEOUT\n    at f\n\n23-NOV-26 10.44.25.972000 AM +01:00\nLINE\n\nTS\n----\nLINE\n----\nx\ny\n\n3 rows selected.\n",
			`{"TS":"2026-11-23T22:44:25.972000","LINE":"OT_TIMEOUT\n    at f"}` + "\n" + `{"TS":"2026-11-23T10:44:25.972000+01:00","LINE":"LINE"}` + "\n" + `{"TS":"x","LINE":"y"}` + "\n"},
		{"prototext", "# proto-file: x\nentries {\n  timestamp { seconds: 1795430665 nanos: 959000000 }\n  text_payload: \"OT_TIMEOUT \\342\\202\\254\"\n    ' {x'\n  severity: ERROR\n  labels { key: \"a\" value: \"b\" }\n  n: [1, 2] n: 3\n}\nentries: < a: true >\n",
			`{"timestamp":"2026-11-23T10:44:25.959Z","text_payload":"OT_TIMEOUT € {x","severity":"ERROR","labels":{"a":"b"},"n":[[1,2],3]}` + "\n" + `{"a":true}` + "\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := rewrite(t, test.name, test.text); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestNotListings lists texts that are read as they are.
func TestNotListings(t *testing.T) {
	for _, text := range []string{
		"time: 2026-11-23\nOT_TIMEOUT: too late\n\nplain text\n",
		"ERROR : OT_TIMEOUT\n\nWARN : x\n",
		"a = OT_TIMEOUT\nb = 2\n",
		"a = 1\n2026-11-23 OT_TIMEOUT\n2026-11-23 x\n\na = 1\nb = 2\n2026-11-23 y\n",
		"a: 2026-11-23\nb: OT_TIMEOUT\n\na: 2026-11-23\nb: c\ntext\n",
		"Date: x\nOT_TIMEOUT: y\n",
		"error: OT_TIMEOUT\nwarn: x\nerror: y\nwarn: z\n",
		"error: 2026-11-23 OT_TIMEOUT\nwarn: 2026-11-23 x\nerror: 2026-11-23 y\nwarn: 2026-11-23 z\n",
		"[[a]] OT_TIMEOUT\n",
		"server {\n  listen 80;\n  error OT_TIMEOUT;\n}\n",
		"1) OT_TIMEOUT\n2) x\n",
		"[ 11-23 10:44:25 ] OT_TIMEOUT\n",
		"----\n| x |\n| OT_TIMEOUT |\n",
		"Row 1: OT_TIMEOUT\n",
	} {
		if n := notationOf([]byte(text)); n != nil {
			t.Errorf("%q is read as %s", text, n.Name)
		}
	}
}

func FuzzListings(f *testing.F) {
	for _, s := range []string{
		"*** 1. row ***\n id: 1\n", "***** 1. row *****\n id: 1\nx\nab: \n", "-[ RECORD 1 ]\na | b +\n  | c\n", "Row 1:\n──\na:  b\ncd: e\n", " a = 1\nbc = 2\n\n a = 3\n", "A : b\nC : d\n    e\n\nA : f\n",
		"a: b\nc:: d\n e\n\na: f\ng: h\n", "[[a]]\nb = \"\"\"c\nd\"\"\"\n[a.e]\nf = [1,\n2]\n", "1) 1) \"1795430665972-0\"\n   2) 1) \"a\"\n      2) \"b\\x41\"\n", "[ 11-23 10:44:25.959 1: 2 E/c ]\na\n\nb\n", "-----\n|  A  |\n||  b  |  c  ||\n+--+\n",
		"1795430665972-0\na\nb\n c\n", "Event[0]:\n  A: b\n  Description: \nc\n", "A\n--\nB\n--\n23-NOV-26 10.44.25 PM\nc\n\nA\n", "-----\n|  A  |\n+--+\n|  b |  c |\n+--+\n|  d |  e |\n",
		"a {\n b: 'c' \"d\" e { f: [1, 2] }\n}\ng < h: -1 >\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for i := range Notations {
			n := &Notations[i]
			name := n.Name
			if i < slices.IndexFunc(Notations, func(n Notation) bool { return n.Name == "mysql" }) {
				continue
			}
			fuzzNotation(t, n, text)
			if name == "logcat" {
				continue
			}
			out, err := io.ReadAll(n.Open(bytes.NewReader(text)))
			for line := range bytes.Lines(out) {
				if err == nil && bytes.HasPrefix(line, []byte(`{"`)) && !bytes.Contains(text, line[:2]) && !json.Valid(line) {
					t.Errorf("%s: %q: %q is not JSON", name, text, line)
				}
			}
		}
	})
}

// TestRecordsHaveALimit reads records that never end.
func TestRecordsHaveALimit(t *testing.T) {
	for name, start := range map[string]string{
		"mysql": "***** 1. row *****\nid: 1\n", "psql": "-[ RECORD 1 ]\na | b\n", "clickhouse": "Row 1:\n──\na: b\n", "sqlite": "a = 1\n", "format-list": "A : b\n", "ldif": "a: b\n", "ini": "[a]\nb=c\n",
		"toml": "[[a]]\nb = \"\"\"c\n", "prototext": "a {\n", "yaml": "a:\n- b: |\n",
	} {
		_, err := io.Copy(io.Discard, named(name).Open(io.MultiReader(strings.NewReader(start), strings.NewReader(strings.Repeat("    "+strings.Repeat("x", 60)+"\n", 1<<17)))))
		if err == nil {
			t.Errorf("%s: a record has no limit", name)
		}
	}
}
