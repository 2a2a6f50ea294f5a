package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestManySourcesAreTheSame checks that the output does not depend on the number of workers where there are
// more sources than rows of JSON, and more warnings than are listed.
func TestManySourcesAreTheSame(t *testing.T) {
	const n = 1200
	dir := t.TempDir()
	for i := range n {
		text := fmt.Sprintf(`{"time":"2026-11-23T10:%02d:%02dZ","sessionId":"1_MX40NTg0fn4xNj%06d","message":"OT_TIMEOUT Session.publish :: timed out (1500)"}`+"\n", i/60, i%60, i/2)
		switch i % 5 {
		case 1:
			text = "" // empty
		case 2:
			text += `{"time":"2026-11-23T10:00:00Z","message":"OT_` // cut off
		case 3:
			text = "PK\x03\x04" + text // a damaged zip
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("m%04d.log", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var names []string // as files that the user named, so that none is left out
	for i := range n {
		names = append(names, filepath.Join(dir, fmt.Sprintf("m%04d.log", i)))
	}
	for _, format := range []string{"json", "text"} {
		var first string
		for jobs := 1; jobs <= 8; jobs++ {
			var out, messages bytes.Buffer
			args := append([]string{"report", "--format", format, "--jobs", fmt.Sprint(jobs)}, names...)
			status := run(args, streams{out: &out, err: &messages, now: time.Unix(1795430665, 0)})
			got := fmt.Sprintf("status %d\n%s\n%s", status, out.String(), messages.String())
			if first == "" {
				first = got
				if listed := strings.Count(messages.String(), "\n"); !strings.Contains(messages.String(), "more sources: ") || listed < 200 || listed > 210 {
					t.Errorf("%d messages: %.2000s", listed, messages.String())
				}
			}
			if got != first {
				t.Errorf("%s with %d jobs differs from one", format, jobs)
			}
		}
	}
}
