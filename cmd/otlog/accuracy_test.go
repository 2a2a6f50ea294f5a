package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// With and without the application's own lines about errors: they contain most answers, and are the
// only trace of some failures.
var applicationLines = []struct {
	column string
	keep   bool
}{{"with", true}, {"without", false}}

// TestAccuracy runs otlog events on real logs and telemetry, and compares its failures with those of
// each call. It prints a table, and each difference with its records.
func TestAccuracy(t *testing.T) {
	versions := []string{"sdk-2.20.3", "sdk-2.35.2"}
	sets := []string{"2.20.3-L1", "2.35.2-L1", "2.35.2-Ldefault"}
	calls, scenarios := make([][]measured, len(versions)), make([][]measured, len(sets))
	wholes := make([][]whole, len(versions)+len(sets))
	t.Run("inputs", func(t *testing.T) {
		for i, dir := range versions {
			t.Run(dir, func(t *testing.T) {
				t.Parallel()
				calls[i] = measureCalls(t, dir)
				wholes[i] = []whole{measureWhole(t, dir, "console.txt")}
			})
		}
		for i, dir := range sets {
			t.Run(dir, func(t *testing.T) {
				t.Parallel()
				dir := "scenarios/" + dir
				scenarios[i] = measureScenarios(t, dir)
				names := slices.Concat([]string{"console, text as shown", "console, arguments joined"}, savedLogs(dir), []string{"telemetry"})
				for _, name := range names {
					wholes[len(versions)+i] = append(wholes[len(versions)+i], measureWhole(t, dir, name))
				}
			})
		}
	})
	t.Logf("\n%s", table("52 calls of each version, one after another", slices.Concat(calls...)))
	t.Logf("\n%s", table("About 150 scenarios of each version, one file each", slices.Concat(scenarios...)))
	t.Logf("\n%s", wholeTable(slices.Concat(wholes...)))
}

// measureCalls measures one version's calls. Each has its own session and page.
func measureCalls(t *testing.T, dir string) []measured {
	said := map[string]bool{}
	happenings := truthOf(t, dir)
	version := strings.TrimPrefix(dir, "sdk-")
	type console struct{ Timestamp, Level, Message, SessionID string }
	jsonl := linesOf(unpacked(t, dir+"/console.jsonl"))
	events := decoded[console](t, strings.Join(jsonl, "\n"))
	text := recordsOf(unpacked(t, dir+"/console.txt"))
	telemetry := linesOf(unpacked(t, dir+"/telemetry.jsonl"))
	if len(text) != len(events) || len(jsonl) != len(events) {
		t.Fatalf("console.txt has %d records, console.jsonl %d", len(text), len(events))
	}
	callOf := callsByID(t, happenings, telemetry)
	posts := newLogSet(t)
	posts.add("telemetry.jsonl", "", strings.Join(telemetry, "\n")+"\n")
	for _, line := range telemetry {
		posts.note(callOf[fmt.Sprint(postedIn(t, line).Client)], line)
	}
	var out []measured
	for _, app := range applicationLines {
		forwarded, printed, both := newLogSet(t), newLogSet(t), newLogSet(t)
		var kept []string
		texts := map[string]string{}
		for i, e := range events {
			if !app.keep && applicationLine.MatchString(e.Message) {
				continue
			}
			call := callOf[e.SessionID]
			for _, logs := range []*logSet{forwarded, printed, both} {
				logs.note(call, e.Message)
			}
			kept = append(kept, jsonl[i])
			texts[call] += text[i]
		}
		forwarded.add("console.jsonl", "", strings.Join(kept, "\n")+"\n")
		for _, call := range sortedKeys(texts) {
			printed.add(call+".log", call, texts[call])
		}
		both.paths = append(slices.Clone(forwarded.paths), posts.paths...)
		for call, records := range posts.records {
			both.records[call] = append(both.records[call], records...)
		}
		out = append(out,
			measure(t, said, version+", forwarded to NDJSON", app.column, happenings, forwarded, callOf),
			measure(t, said, version+", console text, one file per call", app.column, happenings, printed, callOf),
			measure(t, said, version+", NDJSON and telemetry", app.column, happenings, both, callOf))
	}
	return append(out, measure(t, said, version+", telemetry", "–", happenings, posts, callOf))
}

// callsByID returns the call of each ID: of a session, a page load or a connection.
func callsByID(t *testing.T, happenings []happening, telemetry []string) map[string]string {
	calls := map[string]string{}
	for _, h := range happenings {
		for _, id := range h.sessions {
			calls[id] = h.call
		}
	}
	for _, line := range telemetry {
		p := postedIn(t, line)
		for _, id := range []any{p.Session, p.Connection} {
			if id, ok := id.(string); ok && calls[id] == "" {
				calls[id] = calls[fmt.Sprint(p.Client)]
			}
		}
	}
	return calls
}

// recordsOf splits a text into records. Each begins with a time.
func recordsOf(text string) []string {
	begin := regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\dT`).FindAllStringIndex(text, -1)
	var out []string
	for i, at := range begin {
		end := len(text)
		if i+1 < len(begin) {
			end = begin[i+1][0]
		}
		out = append(out, text[at[0]:end])
	}
	return out
}

// measureScenarios measures scenarios. They have no sessions of their own, but each has its own
// files.
func measureScenarios(t *testing.T, dir string) []measured {
	said := map[string]bool{}
	happenings := truthOf(t, dir)
	skip := map[string]bool{}
	for _, h := range happenings {
		skip[h.call] = h.skip
	}
	version := filepath.Base(dir)
	events := consoleEventsOf(t, dir)
	saved := map[string][]string{}
	for _, name := range savedLogs(dir) {
		saved[name] = savedRecords(t, dir+"/"+name, events)
	}
	var out []measured
	for _, app := range applicationLines {
		type variant struct {
			name string
			text func(i int) string
		}
		ndjson := func(message func(consoleEvent) string) func(int) string {
			return func(i int) string {
				e := events[i]
				return compact(t, map[string]string{"timestamp": e.Time, "level": e.Level, "message": message(e)})
			}
		}
		variants := []variant{
			{"NDJSON, text as shown", ndjson(func(e consoleEvent) string { return e.Text })},
			{"NDJSON, arguments joined", ndjson(func(e consoleEvent) string { return e.Raw })},
		}
		for _, name := range sortedKeys(saved) {
			variants = append(variants, variant{name, func(i int) string { return saved[name][i] }})
		}
		for _, v := range variants {
			logs := newLogSet(t)
			texts := map[string]string{}
			for i, e := range events {
				if skip[e.Scenario] || !app.keep && applicationLine.MatchString(e.Text) {
					continue
				}
				logs.note(e.Scenario, e.Text)
				texts[e.Scenario] += v.text(i)
			}
			for _, scenario := range sortedKeys(texts) {
				logs.add(scenario+".log", scenario, texts[scenario])
			}
			out = append(out, measure(t, said, version+", "+v.name, app.column, happenings, logs, nil))
		}
	}
	posts := newLogSet(t)
	texts := map[string]string{}
	for _, p := range telemetryOf(t, dir) {
		if !skip[p.Scenario] {
			posts.note(p.Scenario, p.Body)
			texts[p.Scenario] += p.Body + "\n"
		}
	}
	for _, scenario := range sortedKeys(texts) {
		posts.add(scenario+".ndjson", scenario, texts[scenario])
	}
	return append(out, measure(t, said, version+", telemetry", "–", happenings, posts, nil))
}

// savedLogs are the logs of a run of scenarios that a browser saved.
func savedLogs(dir string) []string {
	if strings.HasSuffix(dir, "2.35.2-L1") {
		return []string{"console-saveas.log", "console-saveas-timestamps.log"}
	}
	return []string{"console-saveas.log"}
}

// A consoleEvent is one call of the browser's console in a scenario.
type consoleEvent struct {
	Scenario string `json:"scn"`
	Time     string `json:"ts"`
	Level    string
	Text     string // as the console shows it
	Raw      string // its arguments, joined
}

func consoleEventsOf(t *testing.T, dir string) []consoleEvent {
	events := decoded[consoleEvent](t, unpacked(t, dir+"/console.jsonl"))
	for i := range events {
		if events[i].Raw == "" {
			events[i].Raw = events[i].Text
		}
	}
	return events
}

// A scenarioPost is a telemetry body of a scenario.
type scenarioPost struct {
	Scenario string `json:"scn"`
	Body     string
}

func telemetryOf(t *testing.T, dir string) []scenarioPost {
	return decoded[scenarioPost](t, unpacked(t, dir+"/telemetry.jsonl"))
}

// savedRecords splits a log saved from the console into the text of each event, with its stack
// lines.
func savedRecords(t *testing.T, name string, events []consoleEvent) []string {
	t.Helper()
	out := make([]string, len(events))
	next := 0
	for _, line := range linesOf(unpacked(t, name)) {
		if next < len(events) {
			if first, _, _ := strings.Cut(events[next].Text, "\n"); strings.Contains(line, first) {
				next++
			}
		}
		out[max(next-1, 0)] += line + "\n"
	}
	if next < len(events) {
		t.Fatalf("%s: event %d is not found: %s", name, next, events[next].Text)
	}
	return out
}

// A whole is the result for a file with all scenarios. Equal failures in less than two seconds are one
// failure there, so only names are compared.
type whole struct {
	input     string
	failures  int // with a record
	reported  int
	names     int // that the records identify
	nameFound int
	wrongName []string // reported, but no call had it
}

func wholeTable(rows []whole) string {
	var b strings.Builder
	fmt.Fprint(&b, "Whole files, in which scenarios follow each other at once\n\n")
	fmt.Fprintln(&b, "| Input | failures | reported | different names | reported | names that no call had |")
	fmt.Fprintln(&b, "|---|---|---|---|---|---|")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d |\n", r.input, r.failures, r.reported, r.names, r.nameFound, len(r.wrongName))
	}
	return b.String()
}

// measureWhole runs otlog events on a whole file.
func measureWhole(t *testing.T, dir, name string) whole {
	row := whole{input: filepath.Base(dir) + ", " + name}
	logs := newLogSet(t)
	switch name {
	case "console.txt":
		text := unpacked(t, dir+"/"+name)
		logs.add(name, "", text)
		type console struct{ Message, SessionID string }
		callOf := callsByID(t, truthOf(t, dir), nil)
		for _, e := range decoded[console](t, unpacked(t, dir+"/console.jsonl")) {
			logs.note(callOf[e.SessionID], e.Message)
		}
	case "telemetry":
		var b strings.Builder
		for _, p := range telemetryOf(t, dir) {
			logs.note(p.Scenario, p.Body)
			b.WriteString(p.Body + "\n")
		}
		logs.add("telemetry.ndjson", "", b.String())
	default:
		var b strings.Builder
		for _, e := range consoleEventsOf(t, dir) {
			logs.note(e.Scenario, e.Text)
			message := e.Text
			if name == "console, arguments joined" {
				message = e.Raw
			}
			b.WriteString(compact(t, map[string]string{"timestamp": e.Time, "level": e.Level, "message": message}))
		}
		if slices.Contains(savedLogs(dir), name) {
			logs.add(name, "", unpacked(t, dir+"/"+name))
		} else {
			logs.add("console.ndjson", "", b.String())
		}
	}
	possible, canBeTold := map[string]bool{}, map[string]bool{}
	for _, h := range truthOf(t, dir) {
		for _, f := range h.failures {
			for _, name := range f.names {
				possible[name] = true
			}
			if !f.required() || !slices.ContainsFunc(logs.records[h.call], showsFailure) {
				continue
			}
			row.failures++
			if slices.ContainsFunc(logs.records[h.call], func(r string) bool { return identifies(r, f.names) && showsFailure(r) }) {
				canBeTold[strings.Join(f.names, "|")] = true
			}
		}
	}
	_, failures := logs.shown()
	row.reported = len(failures)
	shown := map[string]bool{}
	for _, f := range failures {
		shown[f.err] = true
		if f.err != "" && !possible[f.err] {
			row.wrongName = append(row.wrongName, f.err)
			t.Errorf("%s: invented: %v\n\t%v", row.input, f, f.records[0])
		}
	}
	row.names = len(canBeTold)
	for _, names := range sortedKeys(canBeTold) {
		if slices.ContainsFunc(parts(names), func(name string) bool { return shown[name] }) {
			row.nameFound++
		} else {
			t.Logf("%s: no failure has the name %s", row.input, names)
		}
	}
	if float64(row.nameFound) < leastRight*float64(row.names) {
		t.Errorf("%s: %d of %d names are reported", row.input, row.nameFound, row.names)
	}
	return row
}
