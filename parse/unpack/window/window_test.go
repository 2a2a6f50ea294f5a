package window_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/otlog/otlog/parse/unpack/window"
)

// Many decoders inside each other never hold more than their levels allow, and none waits for ever.
func TestDecodersShareMemory(t *testing.T) {
	const memory = 64 << 20
	b := window.New(memory)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			var chain []*window.Share
			for level := range window.Levels {
				s := b.Share(level)
				for _, size := range []int64{1 << 20, memory / 16, memory / 8} {
					if err := s.Hold("window", size); err != nil {
						t.Error(err)
					}
				}
				chain = append(chain, s)
			}
			for _, s := range chain {
				s.Release()
			}
		})
	}
	all.Wait()
	var sum int64
	for _, n := range b.Peak() {
		sum += n
	}
	if sum > memory/2 {
		t.Errorf("%d bytes were held of %d", sum, memory)
	}
}

func TestWindowsAreRefused(t *testing.T) {
	for _, test := range []struct {
		memory, size int64
		level        int
		want         string
	}{
		{0, window.Most, 0, ""},
		{0, window.Most + 1, 0, "window larger than 128 MiB"},
		{0, -1, 0, "window larger than 128 MiB"},
		{1 << 30, window.Most, 2, ""},
		{64 << 20, 16 << 20, 0, ""},
		{64 << 20, 16<<20 + 1, 0, "a window of 17 MiB needs --memory 65MiB or more"},
		{64 << 20, 16 << 20, 1, "a window of 16 MiB needs --memory 128MiB or more"},
	} {
		err := window.New(test.memory).Share(test.level).Hold("window", test.size)
		var e *window.Error
		if test.want == "" && err != nil || test.want != "" && (!errors.As(err, &e) || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%d of %d: %v, want %q", test.size, test.memory, err, test.want)
		}
	}
}
