package aggregate

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// The tests in this file check every limit in time at its exact value and just above it.

// A timedVerdict is a record of one session: its verdict and its time.
type timedVerdict struct {
	verdict classify.Verdict
	after   time.Duration // since the start
}

// every returns records with one verdict, a period apart from each other.
func every(period time.Duration, verdict classify.Verdict, n int) []timedVerdict {
	var out []timedVerdict
	for i := range n {
		out = append(out, timedVerdict{verdict, time.Duration(i) * period})
	}
	return out
}

// recordsOf makes records of one session and one source, in that order.
func recordsOf(all []timedVerdict) []*refRecord {
	var out []*refRecord
	for i, s := range all {
		s.verdict.Failure = true
		out = append(out, &refRecord{
			source: "a", place: int64(i), verdict: s.verdict,
			event: parse.Event{Time: 1795430665e9 + int64(s.after), OfDay: timestamp.NoTime, Session: []byte("s1")},
		})
	}
	return out
}

// Verdicts for borders.
var (
	timedOut      = classify.Verdict{Error: id("OT_TIMEOUT"), Evidence: classify.ByPhrase, Method: method("Session.publish"), MethodFrom: classify.MethodSpelled, Code: 1500}
	publishCode   = classify.Verdict{Weight: classify.Weak, Method: method("Session.publish"), MethodFrom: classify.MethodSpelled, Code: 1500}
	publish1013   = classify.Verdict{Weight: classify.Weak, Method: method("Session.publish"), MethodFrom: classify.MethodSpelled, Code: 1013}
	subscribe1501 = classify.Verdict{Weight: classify.Weak, Method: method("Session.subscribe"), MethodFrom: classify.MethodSpelled, Code: 1501}
	subscribe1013 = classify.Verdict{Weight: classify.Weak, Method: method("Session.subscribe"), MethodFrom: classify.MethodSpelled, Code: 1013}
	connectEnd    = classify.Verdict{Error: id("OT_CONNECT_FAILED"), Evidence: classify.ByName, Method: method("Session.connect"), MethodFrom: classify.MethodSpelled, Code: 1006}
	socketTry     = classify.Verdict{Error: id("OT_SOCKET_CLOSE_TIMEOUT"), Evidence: classify.ByName, Weight: classify.Socket, Method: method("Session.connect"), MethodFrom: classify.MethodComponent, Code: 4010}
	socketLost    = classify.Verdict{Error: id("OT_SOCKET_CLOSE_ABNORMAL"), Evidence: classify.ByName, Weight: classify.Socket, Method: method("Session.connect"), MethodFrom: classify.MethodComponent, Code: 1006}
)

func TestBordersOfFailures(t *testing.T) {
	const above = time.Nanosecond
	thirty := every(2*time.Second, timedOut, 16)
	tests := []struct {
		name    string
		records []timedVerdict
		want    []string // name and code of each failure, and its records: the first is a
	}{
		{"2 s apart", []timedVerdict{{timedOut, 0}, {timedOut, gap2}}, []string{"OT_TIMEOUT 1500: ab"}},
		{"more than 2 s apart", []timedVerdict{{timedOut, 0}, {timedOut, gap2 + above}}, []string{"OT_TIMEOUT 1500: a", "OT_TIMEOUT 1500: b"}},
		{"30 s long", thirty, []string{"OT_TIMEOUT 1500: abcdefghijklmnop"}},
		{"more than 30 s long", append(slices.Clone(thirty[:15]), timedVerdict{timedOut, 29 * time.Second}, timedVerdict{timedOut, 30*time.Second + above}),
			[]string{"OT_TIMEOUT 1500: abcdefghijklmnop", "OT_TIMEOUT 1500: q"}},
		{"30 s long with a code at its end", append(slices.Clone(thirty[:15]), timedVerdict{publishCode, 30 * time.Second}),
			[]string{"OT_TIMEOUT 1500: abcdefghijklmnop"}},
		{"more than 30 s long with a code at its end", append(slices.Clone(thirty[:15]), timedVerdict{timedOut, 29 * time.Second}, timedVerdict{publishCode, 30*time.Second + above}),
			[]string{" 1500: q", "OT_TIMEOUT 1500: abcdefghijklmnop"}},
		{"codes alone, 30 s long", every(2*time.Second, publishCode, 16), []string{" 1500: abcdefghijklmnop"}},
		{"codes alone, more than 30 s long", append(every(2*time.Second, publishCode, 15), timedVerdict{publishCode, 29 * time.Second}, timedVerdict{publishCode, 30*time.Second + above}),
			[]string{" 1500: abcdefghijklmnop", " 1500: q"}},
		{"a code 2 s after a failure", []timedVerdict{{timedOut, 0}, {publishCode, gap2}}, []string{"OT_TIMEOUT 1500: ab"}},
		{"a code more than 2 s after a failure", []timedVerdict{{timedOut, 0}, {publishCode, gap2 + above}}, []string{" 1500: b", "OT_TIMEOUT 1500: a"}},
		{"a code 2 s before a failure", []timedVerdict{{publishCode, 0}, {timedOut, gap2}}, []string{"OT_TIMEOUT 1500: ab"}},
		{"a code more than 2 s before a failure", []timedVerdict{{publishCode, 0}, {timedOut, gap2 + above}}, []string{" 1500: a", "OT_TIMEOUT 1500: b"}},

		{"a connect ends 10 s after a try of the socket", []timedVerdict{{socketTry, 0}, {connectEnd, 10 * time.Second}}, []string{"OT_CONNECT_FAILED 1006: ab"}},
		{"a connect ends more than 10 s after a try of the socket", []timedVerdict{{socketTry, 0}, {connectEnd, 10*time.Second + above}},
			[]string{"OT_CONNECT_FAILED 1006: b", "OT_SOCKET_CLOSE_TIMEOUT 4010: a"}},
		{"a try of the socket 2 s after the connect's end", []timedVerdict{{connectEnd, 0}, {socketTry, gap2}}, []string{"OT_CONNECT_FAILED 1006: ab"}},
		{"a try of the socket more than 2 s after the connect's end", []timedVerdict{{connectEnd, 0}, {socketTry, gap2 + above}},
			[]string{"OT_CONNECT_FAILED 1006: a", "OT_SOCKET_CLOSE_TIMEOUT 4010: b"}},
		{"tries of a socket 10 s apart", []timedVerdict{{socketTry, 0}, {socketTry, 10 * time.Second}}, []string{"OT_SOCKET_CLOSE_TIMEOUT 4010: ab"}},
		{"tries of a socket more than 10 s apart", []timedVerdict{{socketTry, 0}, {socketTry, 10*time.Second + above}},
			[]string{"OT_SOCKET_CLOSE_TIMEOUT 4010: a", "OT_SOCKET_CLOSE_TIMEOUT 4010: b"}},
		{"the last of two socket errors names the failure", []timedVerdict{{socketTry, 0}, {socketLost, 3 * time.Second}}, []string{"OT_SOCKET_CLOSE_ABNORMAL 1006: ab"}},
		{"the last of two socket errors, the other way round", []timedVerdict{{socketLost, 0}, {socketTry, 3 * time.Second}}, []string{"OT_SOCKET_CLOSE_TIMEOUT 4010: ab"}},

		{"1013 is compatible with every code of a subscribe", []timedVerdict{{subscribe1501, 0}, {subscribe1013, time.Second}}, []string{" 1013: ab"}},
		{"1013 of a publish is a code like any other", []timedVerdict{{publishCode, 0}, {publish1013, time.Second}}, []string{" 1013: b", " 1500: a"}},
		{"also where it comes first", []timedVerdict{{publish1013, 0}, {publishCode, time.Second}}, []string{" 1013: a", " 1500: b"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			records := recordsOf(test.records)
			if got := shortFailures(failuresIn(counts(tallyOfRecords(records)), records)); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			var plain []string
			for _, f := range refFailures(records) {
				plain = append(plain, f.String())
			}
			if got := shortFailures(plain); !slices.Equal(got, test.want) {
				t.Errorf("the reference has %q, want %q", got, test.want)
			}
		})
	}
}

const gap2 = 2 * time.Second

// shortFailures shortens what failuresIn returns to each failure's name and code and
// a letter for each of its records.
func shortFailures(all []string) []string {
	var out []string
	for _, f := range all {
		what, places, _ := strings.Cut(f, ": ")
		what, _, _ = strings.Cut(what, ", ")
		_, what, _ = strings.Cut(what, " ")
		var letters []byte
		for _, place := range strings.Fields(places) {
			n, err := strconv.Atoi(strings.TrimPrefix(place, "a:"))
			if err != nil {
				panic(err)
			}
			letters = append(letters, 'a'+byte(n))
		}
		slices.Sort(letters)
		out = append(out, what+": "+string(letters))
	}
	slices.Sort(out)
	return out
}
