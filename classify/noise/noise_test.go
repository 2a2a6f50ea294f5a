package noise

import (
	"bufio"
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/otlog/otlog/classify"
)

// TestFind checks lines as browsers and the SDK print them. testdata/lines.txt has one line after the name
// of its kind; "-" means none.
func TestFind(t *testing.T) {
	data, err := os.ReadFile("testdata/lines.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		want, text, ok := strings.Cut(lines.Text(), " | ")
		if !ok || strings.HasPrefix(want, "#") {
			continue
		}
		got := "-"
		if k := Find([]byte(text)); k != nil {
			got = k.Name
		}
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
		seen[want] = true
		if v := classify.Match(&classify.Record{Text: []byte(text)}); want != "-" && v.Failure {
			t.Errorf("%s: is evidence of %s, so it is no noise", text, v.Error.Get().Name)
		}
	}
	for _, e := range all() {
		if !seen[e.kind.Name] {
			t.Errorf("testdata/lines.txt has no line of %q", e.kind.Name)
		}
	}
}

// TestEveryTextMatches checks that no entry hides a text of a later one.
func TestEveryTextMatches(t *testing.T) {
	names := map[string]bool{}
	for _, e := range all() {
		if names[e.kind.Name] {
			t.Errorf("two kinds have the name %q", e.kind.Name)
		}
		names[e.kind.Name] = true
		if e.kind.Meaning == "" || e.kind.Cause && e.kind.Remedy == "" {
			t.Errorf("%s: a meaning or a remedy is missing", e.kind.Name)
		}
		for _, text := range e.texts {
			if len(text) < len("[violation]") {
				t.Errorf("%q is too short to be safe", text)
			}
			line := strings.ReplaceAll(text, "…", " something ")
			if k := Find([]byte(line)); k == nil || k.Name != e.kind.Name {
				t.Errorf("%q belongs to %q, but %v is found", text, e.kind.Name, k)
			}
		}
	}
}

func TestFindIgnoresCaseAndQuotes(t *testing.T) {
	for _, text := range []string{
		"Firefox can’t establish a connection to the server at wss://x.example/.",
		"Firefox can't establish a connection to the server at wss://x.example/.",
		"FIREFOX CAN'T ESTABLISH A CONNECTION TO THE SERVER AT WSS://X.EXAMPLE/.",
	} {
		if k := Find([]byte(text)); k == nil || k.Name != "WebSocket not opened" {
			t.Errorf("%s: got %v", text, k)
		}
	}
	if k := Find(append(bytes.Repeat([]byte("x"), longest), "ResizeObserver loop limit exceeded"...)); k != nil {
		t.Errorf("beyond the bound: got %v", k)
	}
	if Find(nil) != nil {
		t.Error("an empty text is of a kind")
	}
}

func BenchmarkFind(b *testing.B) {
	line := []byte("2026-11-23T10:00:00Z opentok.js:36032 participant 17 changed its layout, width 640, height 480, of the stream 0f9c")
	for b.Loop() {
		Find(line)
	}
}
