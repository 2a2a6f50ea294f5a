package parse

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/parse/timestamp"
)

// stampedLog has records an hour apart, and a stack line after the first.
var stampedLog = func() (log string) {
	for i := range 12 {
		log += fmt.Sprintf("2026-11-23T1%d:44:25.972Z session=s%d OT_TIMEOUT: too late (%d)\n", i%10, i, i)
		if i == 0 {
			log += "    at connect (app.js:1:2)\n"
		}
	}
	return log
}()

// textsOf reads a text as a source and returns its input, and the time and text of its events.
func textsOf(t *testing.T, text string) (in *Input, out []string) {
	t.Helper()
	f, err := Open(Source{Name: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for input, err := range f.Inputs(Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		in = input
		var d Decoder
		d.SetTimes(in.Times)
		for _, r := range in.Readers() {
			b := &Block{}
			for r.Next(b) == nil {
				for e := range d.Events(b, finding(always)) {
					at := "-"
					if e.Time != timestamp.NoTime {
						at = time.Unix(0, e.Time).UTC().Format("15:04:05.999")
					}
					out = append(out, at+" "+string(e.Text))
				}
			}
		}
	}
	return in, out
}

// TestTimesWithinLines reads logs whose times are not at the start of their lines.
func TestTimesWithinLines(t *testing.T) {
	whole := regexp.MustCompile(`(?m)^(.+)$`)
	each := func(mark, end string) string { return whole.ReplaceAllString(stampedLog, mark+"$1"+end) }
	cells := func(form string) string {
		plain := strings.Replace(stampedLog, "    at connect (app.js:1:2)\n", "", 1)
		return regexp.MustCompile(`(?m)^(\S+) (.*)$`).ReplaceAllString(plain, form)
	}
	numbered := func(form string) (log string) {
		for i, line := range strings.SplitAfter(strings.TrimSuffix(stampedLog, "\n"), "\n") {
			log += fmt.Sprintf(form, i+1, line)
		}
		return log
	}
	for name, text := range map[string]string{
		"grep -n":              numbered("%d:%s"),
		"grep -Hn":             numbered("logs/app.log:%d:%s"),
		"grep -C":              numbered("app.log-%d-%s"),
		"cat -n":               numbered("%6d\t%s"),
		"nl":                   numbered("%6d  %s"),
		"double quotes":        each(`"`, `",`),
		"backticks":            each("`", "`"),
		"diff -u":              "--- a/app.log\n+++ b/app.log\n@@ -0,0 +1,13 @@\n" + each("+", ""),
		"psql -A":              "id|at|line\n" + cells("1|$1|$2") + "(12 rows)\n",
		"INSERT":               cells("INSERT INTO logs VALUES (1,'$1','$2');"),
		"rows of an INSERT":    cells("(1,'$1','$2'),"),
		"logfmt":               cells(`level=error msg="$2" app=web ts=$1`),
		"logfmt, time first":   cells(`at=$1 msg="$2"`),
		"a tab":                cells("EVENTS\t$1\t$2"),
		"bold":                 cells("**$1** $2"),
		"a list of code":       cells("- `$1` $2"),
		"Jira":                 "||time||line||\n" + cells("|{{$1}}|$2|"),
		"the message first":    "| line | time |\n|---|---|\n" + cells("| $2 | $1 |"),
		"psql, message first":  "  line  | at\n--------+-------\n" + cells(" $2 | $1") + "(12 rows)\n",
		"ClickHouse":           "    ┌─at─┬─line─┐\n" + cells(" 1. │ $1 │ $2 │") + "10. │ 2026-11-23T10:44:25.972Z │ more │\n    └────┴──────┘\n",
		"indented, time last":  "Log:\n" + cells("    $2 [$1]"),
		"server-sent events":   cells("id: 1\nevent: log\ndata: {\"time\":\"$1\",\"message\":\"$2\"}\n"),
		"YAML":                 cells("- time: '$1'\n  message: '$2'"),
		"YAML, message first":  cells("- message: '$2'\n  time: '$1'"),
		"YAML within a map":    "data:\n  logs:\n" + cells("  - message: '$2'\n    time: '$1'"),
		"YAML, two times each": cells("- message: '$2'\n  time: '$1'\n  stored: '2026-11-24T09:00:00Z'"),
	} {
		_, events := textsOf(t, text)
		for i := range 12 {
			want := fmt.Sprintf("1%d:44:25.972", i%10)
			got := ""
			for _, e := range events {
				if strings.Contains(e, fmt.Sprintf("(%d)", i)) {
					got += e
				}
			}
			if !strings.HasPrefix(got, want) || strings.Count(got, "OT_TIMEOUT") != 1 {
				t.Errorf("%s: record %d is %q, want one at %s", name, i, got, want)
			}
		}
	}
}

// TestLongNumberedLog checks that the first lines of a long log with numbers are records too: they are
// indented further than those with longer numbers.
func TestLongNumberedLog(t *testing.T) {
	for _, form := range []string{"%6d\t%s\n", "%6d  %s\n"} {
		const lines = 2000
		log := ""
		for i := range lines {
			log += fmt.Sprintf(form, i+1, "2026-11-23T10:44:25.972Z "+strings.Repeat("a", 100))
		}
		_, events := textsOf(t, log)
		if len(events) != lines || !strings.HasPrefix(events[0], "10:44:25.972") || !strings.HasPrefix(events[lines-1], "10:44:25.972") {
			t.Errorf("%q: got %d records of %d, or no times", form, len(events), lines)
		}
	}
}

// TestNoTimesWithinLines checks that other texts do not get the time of something else.
func TestNoTimesWithinLines(t *testing.T) {
	const at = "2026-11-23T10:44:25Z"
	for name, text := range map[string]string{
		"a time at the start":         strings.Repeat(at+" until 2027-01-01T00:00:00Z\n", 9),
		"after a word":                strings.Repeat("web-0 "+at+" a\n", 9),
		"a time of day":               strings.Repeat("10:44:25 until 2027-01-01T00:00:00Z\n", 9),
		"few lines":                   strings.Repeat("a\nb\nc until "+at+"\n", 9),
		"no time of day":              strings.Repeat("a on 2026-11-23\n", 9),
		"digits":                      strings.Repeat("a 12026-11-23T10:44:25Z\n", 9),
		"objects, the message first":  "logs = [\n" + strings.Repeat("  {\n    \"message\": \"a\",\n    \"time\": \""+at+"\"\n  },\n", 9) + "]\n",
		"literals, the message first": "logs = [\n" + strings.Repeat("  {'message': 'a',\n    'time': '"+at+"'},\n", 9) + "]\n",
	} {
		if in, _ := textsOf(t, text); in.Format.inline {
			t.Errorf("%s: the time is read within the line", name)
		}
	}
}
