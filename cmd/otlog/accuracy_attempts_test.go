package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestAccuracyOfAttempts compares the attempts of otlog report with the calls in the telemetry,
// counted in the plainest way.
func TestAccuracyOfAttempts(t *testing.T) {
	var b strings.Builder
	fmt.Fprint(&b, "Attempts from telemetry\n\n| Telemetry | method | calls | attempts | inferred | failed |\n|---|---|---|---|---|---|\n")
	for _, dir := range []string{"sdk-2.20.3", "sdk-2.35.2", "scenarios/2.20.3-L1", "scenarios/2.35.2-L1", "scenarios/2.35.2-Ldefault"} {
		var bodies []string
		if strings.HasPrefix(dir, "sdk-") {
			bodies = linesOf(unpacked(t, dir+"/telemetry.jsonl"))
		} else {
			for _, p := range telemetryOf(t, dir) {
				bodies = append(bodies, p.Body)
			}
		}
		logs := newLogSet(t)
		logs.add("telemetry.ndjson", "", strings.Join(bodies, "\n")+"\n")
		rows := reportedMethods(t, logs.paths...)
		calls := callsMade(t, bodies)
		for _, method := range []string{"Session.connect", "Session.publish", "Session.subscribe"} {
			r := rows[method]
			if calls[method] == 0 && r.Attempts == 0 {
				continue
			}
			fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d |\n", dir, method, calls[method], r.Attempts, r.Inferred, r.FailedAttempts)
			if got := r.Attempts - r.Inferred; got != calls[method] {
				t.Errorf("%s: %d attempts of %s that begin in the input, but %d calls", dir, got, method, calls[method])
			}
			if r.Attempts < r.FailedAttempts {
				t.Errorf("%s: %d attempts of %s, but %d failed", dir, r.Attempts, method, r.FailedAttempts)
			}
		}
	}
	t.Logf("\n%s", b.String())
}

// callsMade counts the calls that begin in telemetry. The SDK retries a connect by itself within ten
// seconds after a failure.
func callsMade(t *testing.T, bodies []string) map[string]int64 {
	methods := map[string]string{"Connect": "Session.connect", "Publish": "Session.publish", "Subscribe": "Session.subscribe"}
	var events []posted
	seen := map[string]bool{}
	for _, body := range bodies {
		p := postedIn(t, body)
		key := fmt.Sprint(p.Action, p.Variation, p.Time, p.Client, p.Session, p.Connection, p.Stream, p.Subscriber)
		if methods[p.Action] != "" && !seen[key] {
			seen[key] = true
			events = append(events, p)
		}
	}
	slices.SortStableFunc(events, func(a, b posted) int { return int(a.Time - b.Time) })
	calls := map[string]int64{}
	failedAt := map[string]int64{} // by connection
	for _, p := range events {
		connection := fmt.Sprint(p.Session, p.Connection)
		switch {
		case p.Variation == "Failure" && p.Action == "Connect":
			failedAt[connection] = p.Time
		case p.Variation == "Attempt":
			at, failed := failedAt[connection]
			if p.Action == "Connect" && failed && p.Time-at <= 10_000 {
				continue
			}
			calls[methods[p.Action]]++
		}
	}
	return calls
}
