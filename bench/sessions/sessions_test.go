package sessions

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"
)

func generate(t testing.TB, o Options) ([]byte, *Truth) {
	t.Helper()
	var b bytes.Buffer
	truth, err := Generate(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), truth
}

func TestSame(t *testing.T) {
	o := Options{Sessions: 500, Seed: 7}
	a, first := generate(t, o)
	b, second := generate(t, o)
	if !bytes.Equal(a, b) {
		t.Error("equal options gave other bytes")
	}
	x, _ := json.Marshal(first)
	y, _ := json.Marshal(second)
	if !bytes.Equal(x, y) {
		t.Errorf("equal options gave another truth: %s and %s", x, y)
	}
	o.Seed++
	if b, _ = generate(t, o); bytes.Equal(a, b) {
		t.Error("another seed gave the same bytes")
	}
}

// TestBytes checks the records themselves.
func TestBytes(t *testing.T) {
	log, truth := generate(t, Options{Sessions: 5000, Seed: 3})
	ids := map[string]bool{}
	lines, last := int64(0), time.Time{}
	for line := range bytes.Lines(log) {
		lines++
		var r struct {
			SessionID string
			Timestamp time.Time
			Millis    int64 `json:"clientSystemTime"`
		}
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if r.SessionID != "" {
			ids[r.SessionID] = true
		}
		if r.Millis != 0 {
			r.Timestamp = time.UnixMilli(r.Millis).UTC()
		}
		if r.Timestamp.Before(last.Add(-7 * time.Hour)) {
			t.Fatalf("%s follows a record of %v", line, last)
		}
		last = r.Timestamp
	}
	for id := range ids {
		raw, err := base64.URLEncoding.DecodeString(strings.TrimPrefix(id, "2_"))
		if fields := strings.Split(string(raw), "~"); err != nil || len(fields) != 7 || fields[0] != "1" || len(fields[1]) != 8 || len(fields[3]) != 13 {
			t.Fatalf("session ID %s says %q", id, raw)
		}
	}
	got := [...]int64{int64(len(log)), lines, int64(len(ids)), int64(len(truth.Days))}
	want := [...]int64{truth.Totals.Bytes, truth.Totals.Lines, truth.Totals.Sessions - truth.Totals.SessionsWithoutID, 7}
	if got != want {
		t.Errorf("bytes, lines, session IDs and days are %d, the truth says %d", got, want)
	}
	if truth.Totals.Sessions != 5000 {
		t.Errorf("%d sessions, want 5000", truth.Totals.Sessions)
	}
	if perRecord := int64(len(log)) / lines; perRecord < 200 || perRecord > 250 {
		t.Errorf("records have %d bytes", perRecord)
	}
	if perSession := float64(lines) / 5000; perSession < 4 || perSession > 6 {
		t.Errorf("sessions have %.1f records", perSession)
	}
}

// TestScripts checks what the rest of the package relies on.
func TestScripts(t *testing.T) {
	r := newRepertoire()
	for _, sc := range r.scripts {
		if len(sc.steps) > maxSteps || len(sc.parties) > maxParties {
			t.Fatalf("a script has %d steps, %d parties", len(sc.steps), len(sc.parties))
		}
		for i, st := range sc.steps {
			if st.wait.most/second >= wheelLength-1 {
				t.Errorf("step %d waits %d ms", i, st.wait.most)
			}
			if st.stamp > i || st.stamp != i && st.event == attemptEvent {
				t.Errorf("step %d is no copy of step %d", i, st.stamp)
			}
		}
	}
	if r.longest >= msPerDay {
		t.Errorf("a script takes %d ms: its records lie on more than two days", r.longest)
	}
}

func TestCheck(t *testing.T) {
	truth := Truth{Totals: Totals{Sessions: 100}}
	for report, want := range map[string]string{
		``:                "reading the report",
		`{"window":"1h"}`: "expected 1d or all",
		`{"window":"1d"}`: "(totals) sessions: 0, want 100",
		`{"window":"1d","errors":[{"window_start":"2026-11-16T00:00:00Z","method":"m","error":"e","lines":3}]}`: "2026-11-16 00:00:00 m e: lines: 3, want no such number",
		`{"window":"all","errors":[{"method":"m","error":null,"code":9,"failures":1}]}`:                         "all m code 9: failures: 1, want no such number",
		`{"window":"all","methods":[{"method":"m","attempts":null,"sessions":5}]}`:                              "all m: sessions: 5, want no such number",
	} {
		if err := truth.Check(strings.NewReader(report)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want one with %q", report, err, want)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{{Sessions: -1}, {Days: -1}, {Start: time.Unix(0, 0)}, {Sessions: mostSessions + 1}} {
		if _, err := Generate(io.Discard, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	const sessions = 100_000
	for b.Loop() {
		truth, err := Generate(io.Discard, Options{Sessions: sessions})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(truth.Totals.Bytes)
	}
}
