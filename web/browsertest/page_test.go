package browsertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// inexact are the numbers of a report that may differ in their last digits: probabilities, for which Go
// has machine code of logarithms and exponentials on some systems.
var inexact = map[string]bool{"p": true, "q": true}

// compare compares two reports in JSON, byte for byte but for the numbers that are inexact.
func compare(t *testing.T, what, got, want string) {
	t.Helper()
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) {
			t.Errorf("%s: %d lines, want %d", what, len(a), len(b))
			return
		}
		if a[i] != b[i] && !alike(a[i], b[i]) {
			t.Errorf("%s: line %d:\n%s\nwant\n%s", what, i+1, a[i], b[i])
			return
		}
	}
}

// alike reports whether two lines state the same inexact number.
func alike(a, b string) bool {
	read := func(line string) (string, float64) {
		var pair map[string]*float64
		if err := json.Unmarshal([]byte("{"+strings.Trim(line, " ,")+"}"), &pair); err == nil {
			for name, value := range pair {
				if value != nil && inexact[name] {
					return name, *value
				}
			}
		}
		return "", 0
	}
	nameA, x := read(a)
	nameB, y := read(b)
	return nameA != "" && nameA == nameB && math.Abs(x-y) <= 1e-12*math.Abs(y)
}

func TestAlike(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{`"p": 0.06820652176700151,`, `"p": 0.0682065217670015,`, true},
		{`"p": 0.0682065217670015`, `"p": 0.06820652176`, false},
		{`"p": 0.5`, `"q": 0.5`, false},
		{`"value": 0.06820652176700151`, `"value": 0.0682065217670015`, false},
		{`"p": null`, `"p": 0`, false},
	} {
		if got := alike(test.a, test.b); got != test.want {
			t.Errorf("%s and %s: got %v", test.a, test.b, got)
		}
	}
}

// native returns what the command writes, run in a folder, and its exit status.
func native(t *testing.T, dir string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(command, args...)
	cmd.Dir = dir
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	if err := cmd.Run(); err != nil && out.Len() == 0 {
		t.Fatalf("otlog %v: %v: %s", args, err, &messages)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// samples returns the files in testdata.
func samples(t *testing.T) []string {
	t.Helper()
	list := exec.Command("git", "ls-files", "-z", "testdata")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		files = append(files, filepath.Join(root, name))
	}
	if len(files) < 100 {
		t.Fatalf("%d files", len(files))
	}
	return files
}

// reportOf returns the report of the counts of a page, in a format.
func reportOf(b *tab, format string) string {
	b.Helper()
	return eval[string](b, fmt.Sprintf(`report(%q, "text/plain").then((made) => made.out.text())`, format))
}

// TestSamples compares the report of each file of testdata with that of the command.
func TestSamples(t *testing.T) {
	files := samples(t)
	const tabs = 2
	for n := range tabs {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			b := open(t, "file://"+pageFile)
			b.choose("files", files...)
			b.reported()
			eval[bool](b, "!!(globalThis.samples = chosen)")
			for i := n; i < len(files); i += tabs {
				// The files have their own names again: unique names may differ.
				status := eval[int](b, fmt.Sprintf(`(async () => {
					const file = samples[%d][1];
					kept = await count([[file.name, file]], () => {});
					return kept.status;
				})()`, i))
				want, wantStatus := native(t, filepath.Dir(files[i]), "report", "--format", "json", "--", filepath.Base(files[i]))
				compare(t, files[i], reportOf(b, "json"), want)
				if status != wantStatus {
					t.Errorf("%s: status %d, want %d", files[i], status, wantStatus)
				}
			}
			b.quiet()
		})
	}
}

// TestFolder chooses a folder and drops one, from the disk and from a web server.
func TestFolder(t *testing.T) {
	const host = "otlog.example"
	outside.serve(host, pageFile)
	folder := filepath.Join(root, "testdata")
	want, _ := native(t, root, "report", "--format", "json", "--window", "1w", "--show-sessions", "testdata")
	for name, test := range map[string]struct {
		address string
		give    func(*tab)
	}{
		"chosen":              {"file://" + pageFile, func(b *tab) { b.choose("folder", folder) }},
		"dropped":             {"file://" + pageFile, func(b *tab) { b.drop(folder) }},
		"dropped of a server": {"http://" + host + "/", func(b *tab) { b.drop(folder) }},
	} {
		t.Run(name, func(t *testing.T) {
			// Not in parallel: there is one mouse that drags.
			b := open(t, test.address)
			eval[bool](b, `el("sessions").checked = true`)
			b.set("window", "1w")
			test.give(b)
			b.reported()
			compare(t, name, reportOf(b, "json"), want)
			b.quiet()
		})
	}
	if got := outside.seen(host); len(got) != 1 {
		t.Errorf("requests: %q, want only the page itself", got)
	}
}
