package main

import (
	"strings"
	"testing"
)

// reasonsOfScenarios are the scenarios in which the service or the browser said why it refused, and the
// reason. All others must have none. PermissionDismissedError is the name of the browser's error.
var reasonsOfScenarios = map[string]string{
	"connect-no-apikey":                          "api_key_missing",
	"connect-token-undefined":                    "token_missing",
	"connect-anvil-err403_Invalid_token_format":  "token_malformed",
	"connect-anvil-err403_token_expired":         "token_expired",
	"connect-anvil-otherkey":                     "token_mismatch",
	"connect-unhandled":                          "token_malformed",
	"initPublisher-gum-PermissionDismissedError": "prompt_dismissed",
}

// TestAccuracyOfReasons runs otlog events on the records of each scenario, and compares the reasons of its
// failures with what the service or the browser said.
func TestAccuracyOfReasons(t *testing.T) {
	found := 0
	for _, dir := range []string{"scenarios/2.20.3-L1", "scenarios/2.35.2-L1", "scenarios/2.35.2-Ldefault"} {
		shown, raw, posts := map[string]string{}, map[string]string{}, map[string]string{}
		for _, e := range consoleEventsOf(t, dir) {
			shown[e.Scenario] += compact(t, map[string]string{"timestamp": e.Time, "message": e.Text})
			raw[e.Scenario] += compact(t, map[string]string{"timestamp": e.Time, "message": e.Raw})
		}
		for _, p := range telemetryOf(t, dir) {
			posts[p.Scenario] += p.Body + "\n"
		}
		for _, input := range []struct {
			name   string
			texts  map[string]string
			silent string // a scenario whose reason is not in this input
		}{
			{"console, text as shown", shown, ""},
			{"console, arguments joined", raw, ""},
			{"telemetry", posts, "initPublisher-gum-PermissionDismissedError"},
		} {
			logs := newLogSet(t)
			for _, scenario := range sortedKeys(input.texts) {
				logs.add(scenario+".ndjson", scenario, input.texts[scenario])
			}
			records, _ := logs.shown()
			have := map[string]map[string]bool{}
			for _, r := range records {
				scenario := logs.owner[r.Source]
				if r.FailureID == nil {
					continue
				}
				if have[scenario] == nil {
					have[scenario] = map[string]bool{}
				}
				reason := ""
				if r.FailureReason != nil {
					reason = *r.FailureReason
				}
				have[scenario][reason] = true
			}
			for _, scenario := range sortedKeys(have) {
				want := reasonsOfScenarios[scenario]
				if scenario == input.silent {
					want = ""
				}
				if want != "" {
					found++
				}
				if got := strings.Join(sortedKeys(have[scenario]), ", "); got != want {
					t.Errorf("%s, %s: %s has the reasons %q, want %q", dir, input.name, scenario, got, want)
				}
			}
		}
	}
	if found < 39 {
		t.Errorf("only %d inputs of a scenario have a reason", found)
	}
}
