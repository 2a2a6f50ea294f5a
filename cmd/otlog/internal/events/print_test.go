package events

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
)

// Events are the same with any memory, and what does not fit is on disk.
func TestEventsAreTheSameWithLittleMemory(t *testing.T) {
	var log bytes.Buffer
	for i := range 9_000 {
		session, at := i/3*7919%3000, fmt.Sprintf("2026-11-16T%02d:%02d:%02dZ", i/3600, i/60%60, i%60)
		switch i % 3 {
		case 0:
			fmt.Fprintf(&log, "{\"time\":%q,\"sessionId\":\"1_MX4xMjM0NTY3OH5-%06d\",\"connectionId\":\"c-%d\",\"message\":\"Session.publish :: OT_TIMEOUT\"}\n", at, session, session)
		case 1:
			fmt.Fprintf(&log, "{\"time\":%q,\"connectionId\":\"c-%d\",\"message\":\"OT_NOT_CONNECTED\"}\n", at, session)
		default:
			fmt.Fprintf(&log, "{\"message\":\"OT_ICE_WORKFLOW_FAILED %d\"}\n", i)
		}
	}
	print := func(memory int64) (string, int64) {
		space := aggregate.NewSpace(t.TempDir(), memory, partial.Codec{})
		defer space.Close()
		source := parse.Source{Name: "log", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(log.Bytes())), nil }}
		var out strings.Builder
		o := Options{Space: space, Rules: &private.Rules{}, Check: func(*report.Filter, *aggregate.Counts) error { return nil }}
		if _, err := Print(&out, []parse.Source{source}, nil, o); err != nil {
			t.Fatal(err)
		}
		return out.String(), space.Written()
	}
	want, before := print(1 << 40)
	got, written := print(1 << 16)
	if got != want || strings.Count(got, "\n") != 9_000 {
		t.Errorf("%d bytes with little memory, %d with much", len(got), len(want))
	}
	if written < 2*before {
		t.Errorf("%d bytes were written with little memory, %d with much", written, before)
	}
	if !strings.Contains(got, `"session":"1_MX4xMjM0NTY3OH5-000000","session_from":"connection"`) {
		t.Error("a connection has no session")
	}
}
