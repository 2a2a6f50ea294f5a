package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// An errorObject is an error that a call of the SDK returned.
type errorObject struct{ call, method, name, code, message string }

// ownForms are the forms in which applications log an error object of the SDK.
var ownForms = []struct {
	name  string
	coded bool // the form contains the code
	write func(t *testing.T, e errorObject) string
}{
	{"JSON, in fields", true, func(t *testing.T, e errorObject) string {
		return fmt.Sprintf(`{"timestamp":"2026-11-23T10:44:25.972Z","level":"error","message":"call failed","error":%s}`, e.json(t))
	}},
	{"text, as JSON", true, func(t *testing.T, e errorObject) string {
		return "2026-11-23T10:44:25.972Z ERROR [room] call failed: " + e.json(t)
	}},
	{"text, name and message", false, func(_ *testing.T, e errorObject) string {
		return fmt.Sprintf("2026-11-23T10:44:25.972Z ERROR [room] call failed: %s: %s", e.name, e.message)
	}},
}

func (e errorObject) json(t *testing.T) string {
	object := struct {
		Code    *int   `json:"code,omitempty"`
		Message string `json:"message"`
		Name    string `json:"name"`
	}{Message: e.message, Name: e.name}
	if e.code != "" {
		var code int
		if _, err := fmt.Sscan(e.code, &code); err != nil {
			t.Fatal(err)
		}
		object.Code = &code
	}
	return strings.TrimSuffix(compact(t, object), "\n")
}

// isSDKName reports whether the error has a name of the SDK. A bug of old versions returns
// others.
func (e errorObject) isSDKName() bool { return strings.HasPrefix(e.name, "OT_") }

// TestAccuracyOfApplicationLines runs otlog events on logs that contain only what an application
// logs of the errors that calls returned: name, code and message.
func TestAccuracyOfApplicationLines(t *testing.T) {
	dirs := []string{"2.20.3-L1", "2.35.2-L1", "2.35.2-Ldefault"}
	all := map[string][]errorObject{}
	for _, dir := range dirs {
		for _, row := range tsv(t, filepath.Join(accuracyCorpus, "scenarios", dir, "errors.tsv")) {
			all[dir] = append(all[dir], errorObject{row["call"], row["method"], row["name"], row["code"], row["message"]})
		}
	}
	var b strings.Builder
	fmt.Fprint(&b, "Only lines of the application\n\n| Input | form | errors | found | correct name | method decided by the line | correct method | method unknown | wrong method |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, dir := range dirs {
		for _, form := range ownForms {
			methods := methodsByText(all, form.coded)
			var text strings.Builder
			for _, e := range all[dir] {
				text.WriteString(form.write(t, e) + "\n")
			}
			logs := newLogSet(t)
			logs.add("own.log", "", text.String())
			records, _ := shownIn(t, logs.paths...)
			byLine := map[int64]shownRecord{}
			for _, r := range records {
				byLine[r.Line] = r
			}
			var found, named, decided, right, unknown, wrong int
			for i, e := range all[dir] {
				r, ok := byLine[int64(i+1)]
				if !ok {
					t.Errorf("%s, %s: missed: %s", dir, form.name, form.write(t, e))
					continue
				}
				found++
				if e.isSDKName() == (r.Error != nil) && (r.Error == nil || *r.Error == e.name) {
					named++
				} else {
					t.Errorf("%s, %s: error %s in %s", dir, form.name, or(r.Error), form.write(t, e))
				}
				possible := methods[e.text(form.coded)]
				switch {
				case r.Method != "unknown" && !possible[r.Method]:
					wrong++
					t.Errorf("%s, %s: method %s in %s, true %s", dir, form.name, r.Method, form.write(t, e), e.method)
				case len(possible) > 1, !form.coded && ofServer.MatchString(e.message):
				case r.Method == "unknown":
					decided++
					unknown++
					t.Logf("%s, %s: method unknown, true %s: %s", dir, form.name, e.method, form.write(t, e))
				default:
					decided++
					right++
				}
			}
			fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d | %d | %d |\n", dir, form.name, len(all[dir]), found, named, decided, right, unknown, wrong)
			if unknown*20 > decided {
				t.Errorf("%s, %s: the method of %d of %d lines is unknown", dir, form.name, unknown, decided)
			}
		}
	}
	t.Logf("\n%s", b.String())
}

// ofServer are the messages that the test's server made up. By themselves they decide nothing.
var ofServer = regexp.MustCompile(`^(Not Found|Forbidden|too big|bad|x)$`)

// anID is an ID or a token within a message.
var anID = regexp.MustCompile(`[0-9a-f-]{36}|[12]_MX\S+|T1==\S+`)

// text is what a line contains of an error, without IDs.
func (e errorObject) text(coded bool) string {
	text := e.name + "\n" + anID.ReplaceAllString(e.message, "")
	if coded {
		text += "\n" + e.code
	}
	return text
}

// methodsByText returns the methods that returned each text. A text decides the method if there
// is one.
func methodsByText(all map[string][]errorObject, coded bool) map[string]map[string]bool {
	methods := map[string]map[string]bool{}
	for _, errors := range all {
		for _, e := range errors {
			text := e.text(coded)
			if methods[text] == nil {
				methods[text] = map[string]bool{}
			}
			methods[text][e.method] = true
		}
	}
	return methods
}
