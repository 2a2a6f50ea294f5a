package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/aggregate/partial"
)

// TestUpgrade does what docs/compatibility.md says of weeks with two versions, and of baselines.
func TestUpgrade(t *testing.T) {
	page, err := os.ReadFile("../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	before, after := "../../testdata/weeks/2026-W46.jsonl.zst", "../../testdata/weeks/2026-W47.jsonl.zst"
	for name, log := range map[string]string{"old.arrow": before, "new.arrow": after} {
		runWell(t, "scan", "-o", at(name), log)
	}
	ofCatalogue(t, at("old.arrow"), at("catalogue.arrow"))
	ofFormat(t, at("old.arrow"), at("format.arrow"))
	const otherCatalogue, otherFormat, twice = "was classified with catalogue", "of the format of partials is not supported", "must not count twice"
	for _, message := range []string{otherCatalogue, otherFormat, twice} {
		if !bytes.Contains(page, []byte("`"+message+"`")) {
			t.Errorf("the page does not quote %q", message)
		}
	}
	const fires = "session_rate > 1%"
	for _, test := range []struct {
		what   string
		args   []string
		status int
		says   string
	}{
		{"nothing changed", []string{at("old.arrow"), at("new.arrow")}, exitDone, ""},
		{"the catalogue changed", []string{at("catalogue.arrow"), at("new.arrow")}, exitFailed, otherCatalogue},
		{"the format changed", []string{at("format.arrow"), at("new.arrow")}, exitFailed, otherFormat},
		{"the message names the old otlog", []string{at("format.arrow"), at("new.arrow")}, exitFailed, "use the otlog that wrote it"},
		{"logs are scanned again", []string{before, at("new.arrow")}, exitDone, ""},
		{"another catalogue, by force", []string{"--force", at("catalogue.arrow"), at("new.arrow")}, exitDone, ""},
		{"merged by force", []string{"merge", "--force", "-o", at("merged.arrow"), at("catalogue.arrow"), at("new.arrow")}, exitDone, ""},
		{"a partial that was merged by force", []string{at("merged.arrow")}, exitFailed, otherCatalogue},
		{"and by force again", []string{"--force", at("merged.arrow")}, exitDone, ""},
		{"another format, by force", []string{"--force", at("format.arrow"), at("new.arrow")}, exitFailed, otherFormat},
		{"logs and their partial", []string{after, at("new.arrow")}, exitFailed, twice},
		{"a baseline", []string{"--baseline", at("old.arrow"), at("new.arrow")}, exitDone, ""},
		{"a baseline, and a gate fires", []string{"--fail-on", fires, "--baseline", at("old.arrow"), at("new.arrow")}, exitGate, "--fail-on"},
		{"a baseline of another catalogue", []string{"--fail-on", fires, "--baseline", at("catalogue.arrow"), at("new.arrow")}, exitFailed, otherCatalogue},
		{"a baseline of another format", []string{"--fail-on", fires, "--baseline", at("format.arrow"), at("new.arrow")}, exitFailed, otherFormat},
		{"logs as a baseline", []string{"--baseline", before, at("new.arrow")}, exitDone, ""},
		{"both weeks without a baseline", []string{"--window", "1w", before, after}, exitDone, ""},
	} {
		t.Run(test.what, func(t *testing.T) {
			var out, errs bytes.Buffer
			status := run(test.args, streams{in: os.Stdin, out: &out, err: &errs})
			if status != test.status || !strings.Contains(errs.String(), test.says) || (out.Len() == 0) != (status == exitFailed || test.args[0] == "merge") {
				t.Errorf("exit status %d, %d bytes of output, %s", status, out.Len(), errs.String())
			}
		})
	}
	if got, want := runWell(t, "--format", "json", before, at("new.arrow")), runWell(t, "--format", "json", at("old.arrow"), at("new.arrow")); !bytes.Equal(got, want) {
		t.Error("scanning again gives another report")
	}
	// A report of another catalogue by force has the names of the old one.
	if got, want := runWell(t, "--force", "--format", "json", at("catalogue.arrow"), at("new.arrow")), runWell(t, "--format", "json", at("old.arrow"), at("new.arrow")); !bytes.Equal(got, want) {
		t.Error("by force, the report differs")
	}
	// Both weeks in one report say what a baseline says.
	compared := runWell(t, "--window", "1w", before, after)
	if headline, _, _ := strings.Cut(string(compared), "\n"); !strings.Contains(headline, "Publishing got worse") {
		t.Errorf("got %s", headline)
	}
}

// ofCatalogue copies a partial as if another catalogue had classified its records.
func ofCatalogue(t *testing.T, from, to string) {
	t.Helper()
	f := partialAt(t, from)
	f.Catalogues = []string{"of 2026-01"}
	var out bytes.Buffer
	if err := partial.Write(&out, f, false); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// ofFormat copies a partial as if it had another version of the format: the value of the key changes, and with it
// the digest at the end.
func ofFormat(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	end := -1 // where the digest begins
	for i := len(content) - 64; i < len(content)-16; i++ {
		if digest := xxh3.Hash128(content[:i]).Bytes(); bytes.Equal(digest[:], content[i:i+16]) {
			end = i
		}
	}
	key := bytes.Index(content, []byte("otlog.partial\x00"))
	if end < 0 || key < 0 {
		t.Fatalf("no digest (%d), or no version (%d)", end, key)
	}
	// A text is its length in four bytes, and then itself. That of the value is close to its key.
	near := content[max(0, key-64):][:128]
	value := bytes.Index(near, []byte("\x01\x00\x00\x004\x00"))
	if value < 0 {
		t.Fatal("the version is not 4")
	}
	near[value+4] = '3'
	digest := xxh3.Hash128(content[:end]).Bytes()
	copy(content[end:], digest[:])
	if err := os.WriteFile(to, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
