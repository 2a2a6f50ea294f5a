package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// wholeToken matches a usable token. The SDK prints such tokens.
var wholeToken = regexp.MustCompile(`T1==[0-9A-Za-z+/_-]{12,}`)

// output runs the command and returns its output, which must contain no token.
func output(t *testing.T, args ...string) []byte {
	t.Helper()
	in, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out, errs bytes.Buffer
	if status := run(args, streams{in: in, out: &out, err: &errs}); status != exitDone {
		t.Fatalf("otlog %s: exit status %d: %s", args[0], status, errs.String())
	}
	for _, b := range [][]byte{out.Bytes(), errs.Bytes()} {
		if token := wholeToken.Find(b); token != nil {
			t.Errorf("otlog %s shows a token: %s", strings.Join(args[:min(len(args), 3)], " "), token)
		}
	}
	return out.Bytes()
}

// A shownRecord is a line of otlog events.
type shownRecord struct {
	Time          *string
	Source        string
	Line          int64
	Session       *string
	Method        string
	Error         *string
	Code          *int32
	Evidence      *string
	Kind          string
	Text          string
	FailureID     *string `json:"failure_id"`
	FailureError  *string `json:"failure_error"`
	FailureCode   *int32  `json:"failure_code"`
	FailureMethod *string `json:"failure_method"`
	FailureReason *string `json:"failure_reason"`
	Recovered     *bool
}

func (r shownRecord) String() string {
	text := strings.ReplaceAll(r.Text, "\n", `\n`)
	return fmt.Sprintf("%s:%d %s session=%s %s %s(%s) evidence=%s failure=%s: %.160s",
		filepath.Base(r.Source), r.Line, or(r.Time), or(r.Session), r.Method, or(r.Error), or(r.Code), or(r.Evidence), or(r.FailureID), text)
}

// or prints a value that may be missing.
func or[T any](p *T) string {
	if p == nil {
		return "-"
	}
	return fmt.Sprint(*p)
}

// identity returns the session of a record, else its source.
func (r shownRecord) identity() string {
	if r.Session != nil {
		return *r.Session
	}
	return r.Source
}

// A shownFailure is a failure of otlog events: the records with its ID.
type shownFailure struct {
	err, code, method string // "" if missing
	records           []shownRecord
}

func (f shownFailure) String() string {
	return fmt.Sprintf("%s (%s) in %s, %d records", cmp.Or(f.err, "no name"), cmp.Or(f.code, "no code"), cmp.Or(f.method, "no method"), len(f.records))
}

// shownIn runs otlog events and returns its records, and its failures by their first records.
func shownIn(t *testing.T, paths ...string) ([]shownRecord, []shownFailure) {
	t.Helper()
	out := output(t, append([]string{"events"}, paths...)...)
	if len(out) > 0 && !bytes.Contains(out, []byte(`"failure_id":`)) {
		t.Fatal("otlog events has no failures")
	}
	records := decoded[shownRecord](t, string(out))
	var failures []shownFailure
	index := map[string]int{}
	for _, r := range records {
		if r.FailureID == nil {
			continue
		}
		if r.Recovered == nil || *r.Recovered {
			t.Errorf("%v is recovered, but no recorded call recovers from an error", r)
		}
		i, ok := index[*r.FailureID]
		if !ok {
			i = len(failures)
			index[*r.FailureID] = i
			f := shownFailure{}
			if r.FailureError != nil {
				f.err = *r.FailureError
			}
			if r.FailureCode != nil {
				f.code = fmt.Sprint(*r.FailureCode)
			}
			if r.FailureMethod != nil {
				f.method = *r.FailureMethod
			}
			failures = append(failures, f)
		}
		failures[i].records = append(failures[i].records, r)
	}
	return records, failures
}

// shownBefore has the records and failures of files that shownInFile has read, by extension and
// content: many scenarios have the same file in several inputs.
var shownBefore sync.Map

// shownInFile runs otlog events on a file, unless it has on an equal one.
func shownInFile(t *testing.T, path string) ([]shownRecord, []shownFailure) {
	t.Helper()
	type shown struct {
		records  []shownRecord
		failures []shownFailure
	}
	key := filepath.Ext(path) + readText(t, path)
	before, ok := shownBefore.Load(key)
	if !ok {
		records, failures := shownIn(t, path)
		before, _ = shownBefore.LoadOrStore(key, shown{records, failures})
	}
	at := func(all []shownRecord) []shownRecord {
		all = slices.Clone(all)
		for i := range all {
			all[i].Source = path
		}
		return all
	}
	records, failures := at(before.(shown).records), slices.Clone(before.(shown).failures)
	for i := range failures {
		failures[i].records = at(failures[i].records)
	}
	return records, failures
}

func readText(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// reportedMethods runs otlog report and returns its rows of methods.
func reportedMethods(t *testing.T, paths ...string) map[string]reportedMethod {
	t.Helper()
	var r struct{ Methods []reportedMethod }
	if err := json.Unmarshal(output(t, append([]string{"report", "--format", "json"}, paths...)...), &r); err != nil {
		t.Fatal(err)
	}
	rows := map[string]reportedMethod{}
	for _, m := range r.Methods {
		rows[m.Method] = m
	}
	return rows
}

type reportedMethod struct {
	Method         string
	Attempts       int64
	Inferred       int64 `json:"attempts_inferred"`
	Successes      int64
	Cancels        int64
	FailedAttempts int64 `json:"failed_attempts"`
}

// A logSet has the files of one input: one for all happenings, or one for each.
type logSet struct {
	t     *testing.T
	dir   string
	paths []string
	owner map[string]string // happenings by path, for files of one happening
	// The records of each happening.
	records map[string][]string
}

func newLogSet(t *testing.T) *logSet {
	return &logSet{t: t, dir: t.TempDir(), owner: map[string]string{}, records: map[string][]string{}}
}

// add writes a file of one happening, or of all if call is "".
func (s *logSet) add(name, call, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
	s.paths = append(s.paths, path)
	if call != "" {
		s.owner[path] = call
	}
}

// shown runs otlog events on each happening's file by itself, because files of one session are one log,
// or on all files at once.
func (s *logSet) shown() (records []shownRecord, failures []shownFailure) {
	s.t.Helper()
	if len(s.owner) == 0 {
		return shownIn(s.t, s.paths...)
	}
	for _, path := range s.paths {
		r, f := shownInFile(s.t, path)
		records, failures = append(records, r...), append(failures, f...)
	}
	return records, failures
}

// note keeps a record of a happening.
func (s *logSet) note(call, record string) {
	s.records[call] = append(s.records[call], strings.NewReplacer("%c", "", "%O", "").Replace(record))
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
