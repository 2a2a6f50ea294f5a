package pasted

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report/explain"
)

// explanations returns what is written about a text as JSON.
func explanations(t *testing.T, text string) []map[string]any {
	t.Helper()
	p, _, _, err := Read("test", []byte(text), parse.Options{Times: timestamp.Times{Latest: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}}, &private.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	d := explain.NewDocument("")
	d.AddLines(p, 1)
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	var out struct{ Explanations []map[string]any }
	if err := json.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return out.Explanations
}

// TestReadEveryForm pastes one line of the SDK in the forms in which people have it.
func TestReadEveryForm(t *testing.T) {
	const line = "OpenTok:Session:error OT_PERMISSION_DENIED: Session.publish :: This token does not allow publishing +2ms"
	quoted := strings.Trim(fmt.Sprintf("%q", line), `"`)
	for name, text := range map[string]string{
		"plain":             line,
		"with a time":       "2026-11-23T10:00:00Z " + line,
		"of a saved page":   "opentok.js:36032 " + line + "\n    at debug (opentok.js:36032:13)\n",
		"with colours":      "\x1b[31m" + line + "\x1b[0m",
		"with directives":   "%cOpenTok:Session:error %cOT_PERMISSION_DENIED: Session.publish :: This token does not allow publishing%c +2ms color: #0000CC color: inherit color: #0000CC",
		"in quotes":         `"` + line + `"`,
		"quoted in a mail":  "> " + line,
		"NDJSON":            `{"time":"2026-11-23T10:00:00Z","level":"error","message":"` + quoted + `"}`,
		"Docker":            `{"log":"` + quoted + `\n","stream":"stderr","time":"2026-11-23T10:00:00.1Z"}`,
		"Kubernetes":        "2026-11-23T10:00:00.123456789Z stderr F " + line,
		"CloudWatch":        `{"logEvents":[{"id":"1","timestamp":1795428000000,"message":"` + quoted + `"}]}`,
		"JSON over lines":   "{\n  \"message\": \"" + quoted + "\"\n}",
		"CSV with a header": "time,message\n2026-11-23T10:00:00Z,\"" + line + "\"\n",
		"logfmt":            `level=error ts=2026-11-23T10:00:00Z msg="` + quoted + `"`,
		"syslog":            "Nov 23 10:00:00 web-0 app[12]: " + line,
		"carriage returns":  line + "\r\n",
		"UTF-16":            "\xff\xfe" + strings.Join(strings.Split(line, ""), "\x00") + "\x00",
	} {
		got := explanations(t, text)
		if len(got) != 1 || got[0]["error"] != "OT_PERMISSION_DENIED" || got[0]["method"] != "Session.publish" || got[0]["verdict"] != "failure" || got[0]["failure_id"] == nil {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// TestReadCut cuts a record at every byte, as people do who copy by hand: something is always explained.
func TestReadCut(t *testing.T) {
	const record = `{"time":"2026-11-23T10:00:00Z","level":"error","message":"OpenTok:Session:error OT_TIMEOUT: a, b"}`
	for end := 1; end <= len(record); end++ {
		if got := explanations(t, record[:end]); len(got) != 1 {
			t.Errorf("%s: got %v", record[:end], got)
		}
	}
}

// TestReadFailures checks which lines are one failure, and that a name later in the text names the failure
// of an earlier line.
func TestReadFailures(t *testing.T) {
	got := explanations(t, `10:00:00.001 OpenTok:GlobalExceptionHandler:error OT.exception :: title: Unable to Publish (1500) msg: GetUserMedia
10:00:00.002 OpenTok:Publisher:error onStreamAvailableError OT_HARDWARE_UNAVAILABLE: The selected voice or video devices are unavailable.
10:09:00.001 OpenTok:Publisher:error onStreamAvailableError OT_HARDWARE_UNAVAILABLE: The selected voice or video devices are unavailable.
`)
	if len(got) != 2 || got[0]["verdict"] != "part of a failure" || got[1]["verdict"] != "failure" {
		t.Fatalf("got %v", got)
	}
	if got[0]["failure_id"] != got[1]["failure_id"] || got[0]["failure_id"] == nil {
		t.Errorf("lines 1 and 2 are not one failure: %v", got)
	}
	var b strings.Builder
	p, _, _, _ := Read("test", []byte("2026-11-23T10:00:00Z OT_TIMEOUT: a\n2026-11-23T11:00:00Z OT_TIMEOUT: b\n"), parse.Options{}, &private.Rules{})
	if err := p.Write(&b, 0); err != nil || !strings.HasPrefix(b.String(), "2 failures in 2 lines\n") {
		t.Errorf("got %v, %s", err, b.String())
	}
}

// TestMostExplained checks that a text of many different lines has a bounded explanation.
func TestMostExplained(t *testing.T) {
	var text strings.Builder
	for i := range 200 {
		fmt.Fprintf(&text, "OpenTok:Session:error OT_MADE_UP_%d: x\n", i)
	}
	p, _, _, err := Read("test", []byte(text.String()), parse.Options{}, &private.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := p.Write(&b, 0); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(b.String(), "\n  What "); got != explain.MostExplained || !strings.Contains(b.String(), "\n150 records more, ") {
		t.Errorf("%d explanations:\n%s", got, b.String()[max(0, b.Len()-300):])
	}
}

// TestTextsAreBounded reads texts of more than Most bytes, of which one is compressed. All that is after
// that is not read, which is reported. As many failures as fit take little memory.
func TestTextsAreBounded(t *testing.T) {
	var text bytes.Buffer
	lines := 0
	for ; text.Len() < Most; lines++ {
		fmt.Fprintf(&text, "%d OT_TIMEOUT\n", 1700000000+60*lines)
	}
	text.WriteString("OT_PERMISSION_DENIED\n")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(text.Bytes())
	z.Close()
	for name, text := range map[string][]byte{"plain": text.Bytes(), "gzip": packed.Bytes()} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		p, _, cut, err := Read("test", text, parse.Options{}, &private.Rules{})
		runtime.GC()
		runtime.ReadMemStats(&after)
		if err != nil || !cut || p.Records() != lines-1 {
			t.Errorf("%s: got %d records, cut %v, %v: expected %d", name, p.Records(), cut, err, lines-1)
		}
		const most = 32 << 20
		if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > most {
			t.Errorf("%s: %d bytes are kept: expected at most %d", name, kept, most)
		}
		var b strings.Builder
		if err := p.Write(&b, 0); err != nil || !strings.HasPrefix(b.String(), "190,650 failures in ") || strings.Contains(b.String(), "PERMISSION") {
			t.Errorf("%s: got %v, %.200s", name, err, b.String())
		}
	}
	whole := []byte("OT_TIMEOUT\n")
	if _, _, cut, err := Read("test", whole, parse.Options{}, &private.Rules{}); cut || err != nil {
		t.Errorf("a short text: cut %v, %v", cut, err)
	}
}
