package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestAccuracyOfReports compares the failures of otlog report and otlog events, file by file. The logs
// contain tokens, which no command may print; output checks every of every command.
func TestAccuracyOfReports(t *testing.T) {
	tokens := 0
	eachFile(t, func(t *testing.T, path string) {
		tokens += len(wholeToken.FindAllString(readText(t, path), -1))
		output(t, "report", path)
		_, failures := shownIn(t, path)
		shown := map[string]int{}
		for _, f := range failures {
			shown[fmt.Sprintf("%s in %s", cmp.Or(f.err, "code "+cmp.Or(f.code, "unknown")), f.method)]++
		}
		var r struct {
			Errors []struct {
				Error    *string
				Code     *int32
				Method   string
				Failures int
			}
		}
		if err := json.Unmarshal(output(t, "report", "--format", "json", path), &r); err != nil {
			t.Fatal(err)
		}
		reported := map[string]int{}
		for _, e := range r.Errors {
			err := "code unknown"
			switch {
			case e.Error != nil:
				err = *e.Error
			case e.Code != nil:
				err = fmt.Sprint("code ", *e.Code)
			}
			if e.Failures > 0 {
				reported[err+" in "+e.Method] += e.Failures
			}
		}
		for what, n := range shown {
			if reported[what] != n {
				t.Errorf("%s: otlog events has %d failures, otlog report %d", what, n, reported[what])
			}
		}
		for what, n := range reported {
			if shown[what] == 0 {
				t.Errorf("%s: otlog events has no failure, otlog report %d", what, n)
			}
		}
	})
	t.Logf("%d whole tokens are in the logs", tokens)
	if tokens == 0 {
		t.Error("there is no token to hide")
	}
}

// eachFile unpacks each log of the corpus.
func eachFile(t *testing.T, f func(t *testing.T, path string)) {
	for _, log := range []struct {
		dir   string
		names []string
	}{
		{"sdk-2.20.3", []string{"console.txt", "console.jsonl", "telemetry.jsonl"}},
		{"sdk-2.35.2", []string{"console.txt", "console.jsonl", "telemetry.jsonl"}},
		{"scenarios/2.20.3-L1", []string{"console-saveas.log", "telemetry.jsonl"}},
		{"scenarios/2.35.2-L1", []string{"console-saveas.log", "console-saveas-timestamps.log", "telemetry.jsonl"}},
		{"scenarios/2.35.2-Ldefault", []string{"console-saveas.log", "telemetry.jsonl"}},
	} {
		for _, name := range log.names {
			t.Run(log.dir+"/"+name, func(t *testing.T) {
				text := unpacked(t, log.dir+"/"+name)
				if strings.HasPrefix(log.dir, "scenarios/") && name == "telemetry.jsonl" {
					text = ""
					for _, p := range telemetryOf(t, log.dir) {
						text += p.Body + "\n"
					}
				}
				logs := newLogSet(t)
				logs.add(name, "", text)
				f(t, logs.paths[0])
			})
		}
	}
}
