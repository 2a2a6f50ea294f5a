package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
)

// A call is one call of the SDK in testdata/logs, with the error that it
// returned: its name, none if it succeeded, and the methods that may be told.
type call struct {
	name, session string
	methods       []string
	errors        []string
}

func callsIn(t *testing.T, path string) []call {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = '\t'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var calls []call
	for _, row := range rows[1:] {
		c := call{name: row[0], session: row[1], methods: strings.Split(row[2], "|")}
		if row[3] != "" {
			c.errors = strings.Split(row[3], "|")
		}
		calls = append(calls, c)
	}
	return calls
}

// TestNamesOfRealCalls compares what the logs of two SDK versions show with the
// error that each call really returned: with the lines in which the application
// logs its own errors, and without them, when some calls leave no trace at all.
func TestNamesOfRealCalls(t *testing.T) {
	for _, log := range []struct {
		file    string
		silent  int // failing calls that leave no line at all
		appOnly int // failing calls that only the application's lines tell of
	}{
		// OT.initPublisher with a bad video filter: 2.20.3 drops the filter.
		{"console-sdk-2.20.3.jsonl.gz", 1, 7},
		{"console-sdk-2.35.2.jsonl.zst", 0, 7},
	} {
		base, _, _ := strings.Cut(log.file, ".jsonl")
		calls := callsIn(t, filepath.Join("../../testdata/truth", base+".tsv"))
		for _, app := range []bool{true, false} {
			type verdict struct {
				id     catalogue.ID
				method string
			}
			told := map[string][]verdict{}
			_, err := aggregate.Walk([]parse.Source{{Path: filepath.Join("../../testdata/logs", log.file)}}, nil, func(r *aggregate.Record) error {
				if r.Verdict.Failure && (app || !bytes.HasPrefix(r.Event.Message, []byte("call failed"))) {
					session := string(r.Event.Session)
					told[session] = append(told[session], verdict{r.Verdict.Error, r.Verdict.Method.Name()})
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			var failing, right, methods, missed, invented int
			for _, c := range calls {
				if c.session == "" {
					continue // no record can be told to be this call's
				}
				found, method := false, false
				for _, v := range told[c.session] {
					if !slices.Contains(c.errors, v.id.Name()) {
						invented++
						t.Errorf("%s, %s: %s is invented", log.file, c.name, v.id.Name())
						continue
					}
					found = true
					method = method || slices.Contains(c.methods, v.method)
				}
				if len(c.errors) == 0 {
					continue
				}
				failing++
				switch {
				case !found:
					missed++
				default:
					right++
					if method {
						methods++
					}
				}
			}
			t.Logf("%-30s app's lines %-5v  %d calls with a session, %d failed: %d right names, %d of them with the method, %d missed, %d invented names",
				log.file, app, len(calls), failing, right, methods, missed, invented)
			allowed := log.silent
			if !app {
				allowed += log.appOnly
			}
			if missed > allowed {
				t.Errorf("%s: %d failing calls are missed, of which %d leave no trace", log.file, missed, allowed)
			}
		}
	}
}
