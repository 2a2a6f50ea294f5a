package corpus

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

func TestPhrasesIn(t *testing.T) {
	phrases := []Phrase{
		{"lost the stream", "OT_A", ""},
		{"lost the stream of the room", "OT_B", ""},
		{"stream of", "OT_C", ""},
		{"(getUserMedia error: Not", "OT_D", ""},
	}
	for text, want := range map[string]string{
		"":                                "",
		"lost the stream":                 "OT_A",
		"we lost the stream, sorry":       "OT_A",
		"we lost the stream of the room!": "OT_B OT_A OT_C",
		"we lost the stream of the rooms": "OT_A OT_C",
		"Lost the stream":                 "",
		"_lost the stream":                "",
		"lost the stream2":                "",
		"lost the streams. lost the stream lost the stream": "OT_A OT_A",
		"éx(getUserMedia error: Not)":                       "OT_D",
		"x (getUserMedia error: NotFound)":                  "",
	} {
		var got []string
		for _, p := range phrasesIn(phrases, text) {
			got = append(got, p.Error)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: found %q, want %q", text, s, want)
		}
	}
}

func TestPhrasesRefused(t *testing.T) {
	for _, p := range []Phrase{{"", "OT_TIMEOUT", ""}, {"lost the stream", "", ""},
		{"grid_view=off, max_tiles", "OT_TIMEOUT", ""}, {"WebSocket closed with 1001", "OT_TIMEOUT", ""},
		{"should have been cleaned up", "OT_TIMEOUT", ""}} {
		if _, err := Generate(io.Discard, Options{Phrases: []Phrase{p}}); err == nil {
			t.Errorf("%+v was accepted", p)
		}
	}
}

// TestCheck checks that only a report that equals the truth passes.
func TestCheck(t *testing.T) {
	_, truth := generate(t, Options{Size: 1_000_000, Phrases: phrases()})
	check := func(change func(row map[string]any)) int {
		var b bytes.Buffer
		if err := truth.WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		var report map[string]any
		if err := json.Unmarshal(b.Bytes(), &report); err != nil {
			t.Fatal(err)
		}
		report["window"] = "1d"
		for i, m := range report["methods"].([]any) {
			known := &truth.Methods[i]
			m.(map[string]any)["failure_rate"] = rateOf(known.Failed, known.Attempts)
			m.(map[string]any)["session_rate"] = rateOf(known.Failing, known.Sessions)
		}
		for _, row := range report["errors"].([]any) {
			if row := row.(map[string]any); row["evidence"].(map[string]any)["phrase"] != nil {
				change(row)
				break
			}
		}
		text, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		wrong, err := truth.Check(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return len(wrong)
	}
	zero := func(row map[string]any) { row["codes"].(map[string]any)["4711"] = 0 }
	if n := check(zero); n != 0 {
		t.Errorf("%d differences from itself", n)
	}
	for what, change := range map[string]func(row map[string]any){
		"evidence of another kind": func(row map[string]any) {
			e := row["evidence"].(map[string]any)
			e["phrase of another kind"] = e["phrase"]
			delete(e, "phrase")
		},
		"another code":   func(row map[string]any) { row["codes"].(map[string]any)["4711"] = 1 },
		"more failures":  func(row map[string]any) { row["failures"] = 1e6 },
		"more sessions":  func(row map[string]any) { row["sessions"] = 1e6 },
		"another time":   func(row map[string]any) { row["last_seen"] = "2026-01-01T00:00:00Z" },
		"no evidence":    func(row map[string]any) { delete(row, "evidence") },
		"more lines":     func(row map[string]any) { row["lines"] = 1e6 },
		"another method": func(row map[string]any) { row["method"] = "Session.leave" },
	} {
		if check(change) == 0 {
			t.Errorf("%s: no difference was found", what)
		}
	}
}
