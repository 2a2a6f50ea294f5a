package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"
)

// outputOf runs a command that must succeed, and returns what it writes.
func outputOf(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	if status := run(args, streams{in: os.Stdin, out: &out, err: &errs}); status != exitDone && status != exitDamaged {
		t.Fatalf("otlog %q: exit status %d: %s", args, status, errs.String())
	}
	return out.Bytes()
}

// counted is what a story and a report say of a method.
type counted struct{ attempts, successes, failed, cancels, open, neverEnded, failures, recovered int }

// TestStoriesAgreeWithReports compares the attempts and failures of stories with the report of each
// session.
func TestStoriesAgreeWithReports(t *testing.T) {
	for _, test := range []struct {
		path  string
		most  int // sessions that are compared
		least int // sessions that are listed
	}{
		{"../../testdata/logs", 40, 53},
		{"../../testdata/corpus/sdk-2.20.3", 16, 50},
		{"../../testdata/corpus/scenarios", 16, 2},
		{"../../testdata/weeks", 6, 1000},
	} {
		var list struct {
			Ranking []struct{ Session string }
		}
		fromJSON(t, outputOf(t, "session", "--top", "0", "--format", "json", test.path), &list)
		if len(list.Ranking) < test.least {
			t.Errorf("%s: only %d sessions", test.path, len(list.Ranking))
		}
		args := []string{"session", "--format", "json", test.path}
		for i, s := range list.Ranking {
			// Half of them are the first ones, with most failures; the others are far apart.
			if half := test.most / 2; i < half || i%(len(list.Ranking)/half+1) == 0 {
				args = append(args, s.Session)
			}
		}
		var stories struct {
			Sessions []struct {
				Session  string
				Attempts []struct{ Method, Outcome string }
				Failures []struct {
					Method    string
					Recovered bool
				}
			}
		}
		fromJSON(t, outputOf(t, args...), &stories)
		if len(stories.Sessions) != len(args)-4 {
			t.Errorf("%s: %d stories of %d sessions", test.path, len(stories.Sessions), len(args)-4)
		}
		attempts := 0
		for _, s := range stories.Sessions {
			got := map[string]counted{}
			for _, a := range s.Attempts {
				attempts++
				c := got[a.Method]
				c.attempts++
				switch a.Outcome {
				case "succeeded":
					c.successes++
				case "failed":
					c.failed++
				case "cancelled":
					c.cancels++
				case "never_ended":
					c.open++
					c.neverEnded++
				default:
					c.open++
				}
				got[a.Method] = c
			}
			for _, f := range s.Failures {
				c := got[f.Method]
				if f.Recovered {
					c.recovered++
				} else {
					c.failures++
				}
				got[f.Method] = c
			}
			if want := reported(t, s.Session, test.path); !maps.Equal(got, want) {
				t.Errorf("%s, session %s:\nstory  %+v\nreport %+v", test.path, s.Session, got, want)
			}
		}
		t.Logf("%s: %d stories, %d attempts", test.path, len(stories.Sessions), attempts)
	}
}

// reported returns what the report says of the methods of a session.
func reported(t *testing.T, session, path string) map[string]counted {
	t.Helper()
	var report struct {
		Methods []struct {
			Method              string
			Failures, Recovered int
			Attempts, Successes *int
			Failed              *int `json:"failed_attempts"`
			Cancels, Open       *int
			NeverEnded          *int `json:"never_ended"`
		}
	}
	fromJSON(t, outputOf(t, "report", "--format", "json", "--session", session, path), &report)
	value := func(n *int) int {
		if n == nil {
			return 0
		}
		return *n
	}
	out := map[string]counted{}
	for _, m := range report.Methods {
		c := counted{value(m.Attempts), value(m.Successes), value(m.Failed), value(m.Cancels), value(m.Open), value(m.NeverEnded), m.Failures, m.Recovered}
		if c != (counted{}) {
			out[m.Method] = c
		}
	}
	return out
}

func fromJSON(t *testing.T, data []byte, to any) {
	t.Helper()
	if err := json.Unmarshal(data, to); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
}

// TestStoriesShowNoOtherSession checks that the story of a session names no other session.
func TestStoriesShowNoOtherSession(t *testing.T) {
	const path = "../../testdata/weeks"
	var list struct {
		Ranking []struct{ Session string }
	}
	fromJSON(t, outputOf(t, "session", "--top", "300", "--format", "json", path), &list)
	first := list.Ranking[0].Session
	out := outputOf(t, "session", first, path)
	if !bytes.Contains(out, []byte(first)) {
		t.Error("the story does not name its session")
	}
	if i := slices.IndexFunc(list.Ranking[1:], func(s struct{ Session string }) bool { return bytes.Contains(out, []byte(s.Session)) }); i >= 0 {
		t.Errorf("it names %s", list.Ranking[i+1].Session)
	}
}
