package private

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"testing"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
)

func TestSource(t *testing.T) {
	r := &Rules{}
	r.Read([]parse.Source{{Path: "ann@host.example/a.zip"}, {Path: "10.0.0.7.log"}})
	for name, want := range map[string]string{
		"ann@host.example/a.zip":                   "ann@host.example/a.zip",
		"10.0.0.7.log":                             "10.0.0.7.log",
		"ann@host.example/a.zip/bob@host.example":  "ann@host.example/a.zip/[e-mail]",
		"ann@host.example/a.zip/x/10.0.0.7.log":    "ann@host.example/a.zip/x/[IP].log",
		"ann@host.example/other/10.0.0.7.log":      "[e-mail]/other/[IP].log", // of a partial
		"ann@host.example/a.zip/T1==cGFydG5lcl9pZ": "ann@host.example/a.zip/T1==[redacted]",
		"stdin": "stdin",
	} {
		if got := r.Source(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// TestIDsStayDifferent checks that an ID is always shown in the same way, and no two IDs in the same one.
func TestIDsStayDifferent(t *testing.T) {
	r := &Rules{}
	for _, test := range [][2]string{
		{"1_MX40NTAxMjM0NX5", "1_MX40NTAxMjM0NX5"}, {"ann@host.example", "[e-mail]"}, {"bob@host.example", "[e-mail] #2"},
		{"ann@host.example", "[e-mail]"}, {"10.0.0.7", "[IP]"}, {"bob@host.example", "[e-mail] #2"}, {"", ""},
	} {
		if got := r.ID(test[0]); got != test[1] {
			t.Errorf("%s: got %s, want %s", test[0], got, test[1])
		}
	}
}

func TestNamesStayDifferent(t *testing.T) {
	n := &aggregate.Names{
		Errors: []string{"", "OT_TIMEOUT"}, Methods: []string{"unknown", "Session.publish"},
		Labels: []string{"", "2.27.4", "2.27.4.1", "10.0.0.7", "10.0.0.8", "[IP] #2", "Chrome 142", "ann@host.example"},
	}
	before := slices.Clone(n.Labels)
	got := (&Rules{}).Names(n)
	want := []string{"", "2.27.4", "2.27.4.1", "[IP]", "[IP] #3", "[IP] #2", "Chrome 142", "[e-mail]"}
	if !slices.Equal(got.Labels, want) || !slices.Equal(got.Errors, n.Errors) || !slices.Equal(got.Methods, n.Methods) {
		t.Errorf("got %+v, want %q", got, want)
	}
	if !slices.Equal(n.Labels, before) {
		t.Errorf("the names of the counts have changed: %q", n.Labels)
	}
	if off := (&Rules{Off: true}).Names(n); off != n {
		t.Errorf("with --no-redact: %+v", off)
	}
}

// TestError checks that the name of a file stays in a message, and that the cause can be found.
func TestError(t *testing.T) {
	r := &Rules{}
	r.Read([]parse.Source{{Path: "10.0.0.7.log"}})
	err := r.Error(fmt.Errorf("open 10.0.0.7.log: %q from 10.0.0.9: %w", "T1==cGFydG5lcl9pZ", fs.ErrNotExist))
	if got, want := err.Error(), `open 10.0.0.7.log: "T1==[redacted]" from [IP]: file does not exist`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
	if plain := errors.New("no secret"); r.Error(plain) != plain || r.Error(nil) != nil {
		t.Error("an error without a secret is another one")
	}
}

// TestErrorKeepsTheLongestName checks a message that contains several names of files, in which the order of a map
// must not matter.
func TestErrorKeepsTheLongestName(t *testing.T) {
	r := &Rules{}
	r.Read([]parse.Source{{Path: "10.0.0.7.log"}, {Path: "bob@host.example/10.0.0.7.log"}, {Path: "/ann/bob@host.example/10.0.0.7.log"}, {Path: "10.0.0.8.log"}})
	for _, test := range [][2]string{
		{"open /ann/bob@host.example/10.0.0.7.log: from 10.0.0.9", "open /ann/bob@host.example/10.0.0.7.log: from [IP]"},
		{"open 10.0.0.8.log: not 10.0.0.7.log", "open 10.0.0.8.log: not [IP].log"},
		{"open 10.0.0.7.log: not 10.0.0.8.log", "open 10.0.0.7.log: not [IP].log"},
	} {
		for range 100 {
			if got := r.Error(errors.New(test[0])).Error(); got != test[1] {
				t.Fatalf("%s: got %s, want %s", test[0], got, test[1])
			}
		}
	}
}

// TestStrings checks that all strings of a structure are redacted, but not what its pointers are shared with.
func TestStrings(t *testing.T) {
	type inner struct {
		Source, Text string
		Shared       *string
	}
	shared := "ann@host.example"
	v := struct {
		Name   string
		Lines  []inner
		One    *inner
		Fixed  [1]string
		Number int
	}{"10.0.0.7", []inner{{"10.0.0.7", "10.0.0.7", &shared}}, &inner{Text: "password=hunter2"}, [1]string{"ann@host.example"}, 7}
	(&Rules{}).Strings(&v)
	got := fmt.Sprint(v.Name, v.Lines[0].Source, v.Lines[0].Text, *v.Lines[0].Shared, v.One.Text, v.Fixed)
	if want := "[IP]10.0.0.7[IP][e-mail]password=[redacted][[e-mail]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if shared != "ann@host.example" {
		t.Errorf("the shared string is now %s", shared)
	}
}
