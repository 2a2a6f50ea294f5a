package report_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
)

// failed is a record of one failure.
type failed struct {
	session string
	minute  int
	method  string
	name    string
}

func (f failed) String() string {
	return fmt.Sprintf(`{"timestamp":%q,"message":"%s: %s","sessionId":%q}`+"\n",
		reporttest.November.Add(time.Duration(f.minute)*time.Minute).Format(time.RFC3339), f.method, f.name, f.session)
}

// someFailures returns records of sessions that fail by one or several errors, in four hours. Many
// sessions fail in the same minute.
func someFailures(r *rand.Rand) (out []failed) {
	calls := [][2]string{{"Session.signal", "OT_NOT_CONNECTED"}, {"Session.publish", "OT_TIMEOUT"}, {"Session.subscribe", "OT_TIMEOUT"}}
	for session := range 5 + r.IntN(40) {
		for range 1 + r.IntN(3) {
			call := calls[r.IntN(1+r.IntN(len(calls)))]
			out = append(out, failed{fmt.Sprintf("1_MX%d", session*7919%1000), 10 * r.IntN(24), call[0], call[1]})
		}
	}
	return out
}

// wanted returns the examples of each error in each window of so many minutes, as plainly as
// possible.
func wanted(all []failed, window int) map[string][]string {
	errorsOf, last := map[string]map[string]bool{}, map[string]map[string]int{}
	for _, f := range all {
		w, e := fmt.Sprint(f.minute/window), f.method+" "+f.name
		session := w + " " + f.session
		if errorsOf[session] == nil {
			errorsOf[session] = map[string]bool{}
		}
		errorsOf[session][e] = true
		if last[w+" "+e] == nil {
			last[w+" "+e] = map[string]int{}
		}
		last[w+" "+e][f.session] = max(last[w+" "+e][f.session], f.minute)
	}
	out := map[string][]string{}
	for key, sessions := range last {
		w, _, _ := strings.Cut(key, " ")
		var ids []string
		for id := range sessions {
			ids = append(ids, id)
		}
		others := func(id string) int { return min(len(errorsOf[w+" "+id]), 2) }
		slices.SortFunc(ids, func(a, b string) int {
			return cmp.Or(cmp.Compare(others(a), others(b)), cmp.Compare(sessions[b], sessions[a]), cmp.Compare(a, b))
		})
		out[key] = ids[:min(len(ids), 3)]
	}
	return out
}

// examplesIn returns the examples of errors by the start of their window, or of the whole input.
func examplesIn(n *report.Numbers, whole bool) map[string][]string {
	out := map[string][]string{}
	for i := range n.Errors {
		e := &n.Errors[i]
		w := 0
		if !whole {
			w = int(n.Windows[e.Window].Start.Sub(reporttest.November).Hours())
		}
		out[fmt.Sprint(w, " ", e.Method, " ", e.Name)] = e.Examples
	}
	return out
}

// scanned scans records, which are split among files at random.
func scanned(t *testing.T, r *rand.Rand, all []failed, o aggregate.Options) func(report.Options) *report.Report {
	t.Helper()
	dir := t.TempDir()
	logs := make([]bytes.Buffer, 1+r.IntN(4))
	for _, i := range r.Perm(len(all)) {
		logs[r.IntN(len(logs))].WriteString(all[i].String())
	}
	var sources []parse.Source
	for i := range logs {
		name := filepath.Join(dir, fmt.Sprint(i, ".log"))
		if err := os.WriteFile(name, logs[i].Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		sources = append(sources, parse.Source{Path: name})
	}
	read, err := aggregate.Scan(sources, o)
	if err != nil {
		t.Fatal(err)
	}
	counts, err := aggregate.Settle(nil, read.Parts...)
	if err != nil {
		t.Fatal(err)
	}
	return func(o report.Options) *report.Report {
		r, err := report.New(counts, read.Sources, o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

// TestExamples compares the examples of errors, in every window and in the whole input, with those
// of a plain reference, whatever the order and the division of the records.
func TestExamples(t *testing.T) {
	several := 0
	for seed := range uint64(25) {
		r := rand.New(rand.NewPCG(seed, 61))
		all := someFailures(r)
		of := scanned(t, r, all, aggregate.Options{KeepIDs: true, Jobs: 1 + r.IntN(3)})
		hourly := of(report.Options{ShowSessions: true, Window: reporttest.Window(t, "1h")})
		for _, test := range []struct {
			name      string
			got, want map[string][]string
		}{
			{"by hour", examplesIn(&hourly.Numbers, false), wanted(all, 60)},
			{"of all hours", examplesIn(hourly.Whole, true), wanted(all, 1000)},
			{"whole", examplesIn(&of(report.Options{ShowSessions: true}).Numbers, true), wanted(all, 1000)},
		} {
			if fmt.Sprint(test.got) != fmt.Sprint(test.want) {
				t.Fatalf("seed %d, %s:\n got %v\nwant %v", seed, test.name, test.got, test.want)
			}
			several += len(test.got)
		}
		if w := hourly.HashedOnly(); w != "" {
			t.Errorf("seed %d: %s", seed, w)
		}
	}
	if several < 300 {
		t.Errorf("only %d errors", several)
	}
}

// TestExamplesOfGroups divides a report: each group has examples of its own clients.
func TestExamplesOfGroups(t *testing.T) {
	of := func(version, session string) string {
		return fmt.Sprintf(`{"logVersion":"2","clientVersion":"js-%s","clientSystemTime":%d,"sessionId":%q,"connectionId":"c-%[3]s","clientInstanceId":"i-%[3]s","action":"Connect","variation":"Attempt"}
{"logVersion":"2","clientVersion":"js-%[1]s","clientSystemTime":%[4]d,"sessionId":%[3]q,"connectionId":"c-%[3]s","clientInstanceId":"i-%[3]s","action":"Connect","variation":"Failure","failureName":"OT_CONNECT_FAILED","failureCode":1006}
`, version, reporttest.November.UnixMilli(), session, reporttest.November.UnixMilli()+900)
	}
	log := of("2.34.1", "a") + of("2.35.2", "b") + of("2.35.2", "c")
	r := reporttest.OfLog(t, []byte(log), report.Options{ShowSessions: true, By: report.BySDK})
	var b, csv bytes.Buffer
	if err := report.WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Errors []struct {
			SDK string   `json:"sdk"`
			IDs []string `json:"session_ids"`
		} `json:"errors"`
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got.Errors) != "[{2.34.1 [a]} {2.35.2 [b c]}]" {
		t.Errorf("got %v", got.Errors)
	}
	if err := report.WriteCSV(&csv, r, "errors"); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(csv.String(), "\n"); !strings.HasSuffix(lines[0], ",sdk,session_ids") || !strings.HasSuffix(lines[2], ",2.35.2,b c") {
		t.Errorf("got %s", csv.String())
	}
}

// TestNoExamples checks what a report without kept IDs says, and that nothing changes unless examples
// are asked for.
func TestNoExamples(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 62))
	all := someFailures(r)
	print := func(keep, show bool) (*report.Report, string) {
		var b bytes.Buffer
		made := scanned(t, rand.New(rand.NewPCG(2, 62)), all, aggregate.Options{KeepIDs: keep})(report.Options{ShowSessions: show})
		for _, s := range made.Sources {
			s.Name = filepath.Base(s.Name)
		}
		if err := report.WriteJSON(&b, made); err != nil {
			t.Fatal(err)
		}
		return made, b.String()
	}
	_, want := print(false, false)
	if _, got := print(true, false); got != want || strings.Contains(got, "session_ids") {
		t.Errorf("got %s", got)
	}
	made, got := print(false, true)
	sessions := map[string]bool{}
	for _, f := range all {
		sessions[f.session] = true
	}
	says := fmt.Sprintf("the IDs of %d sessions with a failure are not shown", len(sessions))
	if !strings.Contains(got, `"session_ids": []`) || !slices.ContainsFunc(made.Warnings, func(w string) bool { return strings.HasPrefix(w, says) }) {
		t.Errorf("want %s, got %s", says, got)
	}
}
