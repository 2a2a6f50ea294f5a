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

// TestPhrases: phrases change what is told of a corpus, not the corpus.
func TestPhrases(t *testing.T) {
	seen := map[string]int64{}
	for _, o := range []Options{{Size: 4_000_000, Format: NDJSON}, {Size: 4_000_000, Format: Console}} {
		plain, before := generate(t, o)
		o.Phrases = phrases()
		data, truth := generate(t, o)
		if data != plain {
			t.Errorf("%s: phrases changed the bytes", o.Format)
		}
		more := truth.Totals.Records.Classified - before.Totals.Records.Classified
		if less := weakLines(before) - weakLines(truth); more <= 0 || less <= 0 || less > more {
			t.Errorf("%s: phrases classified %d records more, and left %d weak lines less", o.Format, more, less)
		}
		look := lookConsole
		if o.Format == NDJSON {
			look = lookJSON
		}
		l := look(t, data, o.Phrases)
		for text, n := range l.phrased {
			seen[text] += n
		}
	}
	for _, text := range []string{"onPublishingTimeout", "Could not publish in a reasonable amount of time",
		"End-user denied permission to hardware devices", "The selected voice or video devices are unavailable",
		"(1501) msg: stream not found", "Cannot call forceDisconnect(). You are not connected", "Token expired (1004)"} {
		if seen[text] == 0 {
			t.Errorf("no record is classified by %q: %v", text, seen)
		}
	}
}

func weakLines(t *Truth) (n int64) {
	for _, w := range t.Weak {
		n += w.Lines
	}
	return n
}

// TestPhraseForNoise: a line of the SDK is judged by its text, and its logger;
// an error and a method may be unheard of.
func TestPhraseForNoise(t *testing.T) {
	for _, c := range []struct {
		phrase Phrase
		method string
	}{
		{Phrase{"should have been cleaned up", "OT_NEWEST", ""}, "unknown"},
		{Phrase{"cannot transition to 'Destroying'", "OT_NEWEST", ""}, "Session.subscribe"},
		{Phrase{"cannot transition to 'Destroying'", "OT_NEWEST", "Session.leave"}, "Session.leave"},
	} {
		o := Options{Format: Console, Size: 2_000_000, Phrases: []Phrase{c.phrase}}
		data, truth := generate(t, o)
		want := int64(strings.Count(data, c.phrase.Text))
		got := int64(0)
		for _, r := range truth.ErrorsTotal {
			if *r.Error == "OT_NEWEST" && r.Method == c.method {
				got += r.Evidence["phrase"]
			}
		}
		if got != want || want == 0 {
			t.Errorf("%+v: %d records, want %d", c.phrase, got, want)
		}
		compareToLook(t, truth, lookConsole(t, data, o.Phrases))
	}
}

func TestPhrasesRefused(t *testing.T) {
	for _, p := range []Phrase{{"", "OT_TIMEOUT", ""}, {"lost the stream", "", ""},
		{"grid_view=off, max_tiles", "OT_TIMEOUT", ""}, {"WebSocket closed with 1001", "OT_TIMEOUT", ""}} {
		if _, err := Generate(io.Discard, Options{Phrases: []Phrase{p}}); err == nil {
			t.Errorf("%+v was accepted", p)
		}
	}
}

// TestCheck: a report that says what the truth says passes, any other does not.
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
		methods := []any{}
		for name, a := range truth.Attempts {
			methods = append(methods, map[string]any{"method": name, "attempts": a.Attempts, "successes": a.Successes, "failed_attempts": a.Failures, "cancels": a.Cancels})
		}
		report["methods"] = methods
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
	zero := func(row map[string]any) { row["evidence"].(map[string]any)["code"] = 0 }
	if n := check(zero); n != 0 {
		t.Errorf("%d differences from itself", n)
	}
	for what, change := range map[string]func(row map[string]any){
		"evidence of another kind": func(row map[string]any) {
			e := row["evidence"].(map[string]any)
			e["code"] = e["phrase"]
			delete(e, "phrase")
		},
		"no evidence":    func(row map[string]any) { delete(row, "evidence") },
		"more lines":     func(row map[string]any) { row["lines"] = 1e6 },
		"another method": func(row map[string]any) { row["method"] = "Session.leave" },
	} {
		if check(change) == 0 {
			t.Errorf("%s: no difference was found", what)
		}
	}
}
