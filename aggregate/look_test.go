package aggregate

import (
	"bytes"
	"io"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/parse"
)

// trickle is a live input that pauses every few bytes, by the clock of the test.
type trickle struct {
	*bytes.Reader
	reads int
}

func (r *trickle) Read(b []byte) (int, error) {
	r.reads++
	<-time.After(300 * time.Microsecond)
	return r.Reader.Read(b[:min(len(b), 1+r.reads*r.reads%4000)])
}

func (r *trickle) Close() error { return nil }

func (r *trickle) Pause() bool { return r.reads%3 == 0 }

// stream is a source that is not a file.
func stream(log []byte) []parse.Source {
	return []parse.Source{{Path: "-", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(log)), nil }}}
}

// inBubble runs a test whose clock goes on when all its goroutines wait.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// TestLookingChangesNothing checks that Look does not change the result of a scan, and that
// each Look shows the result of scanning the bytes read so far.
func TestLookingChangesNothing(t *testing.T) {
	for name, log := range map[string][]byte{
		"ndjson":   generated(t, corpus.NDJSON, 300_000),
		"console":  generated(t, corpus.Console, 300_000),
		"timeless": timeless(300_000),
	} {
		inBubble(t, name, func(t *testing.T) {
			want := scanned(t, stream(log), Options{})
			type seen struct {
				account Account
				rows    []string
			}
			var looks []seen
			look := func(r *Result) { looks = append(looks, seen{r.Sources[0].Account, rowsIn(settled(r))}) }
			live := []parse.Source{{Path: "-", Open: func() (io.ReadCloser, error) { return &trickle{Reader: bytes.NewReader(log)}, nil }}}
			got := scanned(t, live, Options{Look: look, Every: time.Microsecond})
			if !reflect.DeepEqual(contentsOf(settled(got)), contentsOf(settled(want))) || !slices.Equal(rowsIn(settled(got)), rowsIn(settled(want))) {
				t.Error("the results differ")
			}
			if got.Sources[0].Account != want.Sources[0].Account || got.Sources[0].Trouble() != nil {
				t.Errorf("accounts for %+v, want %+v: %v", got.Sources[0].Account, want.Sources[0].Account, got.Sources[0].Trouble())
			}
			for _, seen := range looks {
				want := scanned(t, stream(log[:seen.account.Bytes]), Options{})
				if seen.account != want.Sources[0].Account || !slices.Equal(seen.rows, rowsIn(settled(want))) {
					t.Errorf("after %d bytes, Look shows another result", seen.account.Bytes)
				}
			}
			if len(looks) < 2 {
				t.Errorf("%d looks are too few for this test", len(looks))
			}
		})
	}
}
