package stream

import (
	"io"
	"time"
)

const (
	pauseAfter = 10 * time.Millisecond  // without a byte
	pauseEvery = 250 * time.Millisecond // while bytes trickle

	// The first pause comes later, so that there are enough bytes to detect the format.
	firstPauseAfter = time.Second
	firstPauseEvery = 2 * time.Second
)

// A LivePipe is a stream that is read ahead, so that Pause knows whether more bytes are there
// at the moment. It implements parse.Live.
type LivePipe struct {
	chunks <-chan chunk
	stop   <-chan struct{} // closed: the stream ends

	rest         []byte    // of the last chunk
	err          error     // after rest
	since        time.Time // of the first byte after the last pause; zero: none
	quiet, every time.Duration
}

type chunk struct {
	data []byte
	err  error
}

// NewLivePipe returns a LivePipe that reads from a stream until it ends or stop is closed.
func NewLivePipe(from io.Reader, stop <-chan struct{}) *LivePipe {
	chunks := make(chan chunk, 4)
	p := &LivePipe{chunks: chunks, stop: stop, quiet: firstPauseAfter, every: firstPauseEvery}
	go func() {
		for {
			data := make([]byte, 64<<10)
			n, err := from.Read(data)
			select {
			case chunks <- chunk{data[:n], err}:
			case <-p.stop:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return p
}

// Read implements io.Reader.
func (p *LivePipe) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.err != nil {
			return 0, p.err
		}
		select {
		case c := <-p.chunks:
			p.rest, p.err = c.data, c.err
		case <-p.stop:
			p.err = io.EOF
		}
	}
	if p.since.IsZero() {
		p.since = time.Now()
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// Close implements parse.Live. The pipe ends when stop is closed.
func (p *LivePipe) Close() error { return nil }

// Pause implements parse.Live. It waits a short time for more bytes.
func (p *LivePipe) Pause() bool {
	if time.Since(p.since) < p.every && (len(p.rest) > 0 || p.err != nil || p.more()) {
		return false
	}
	p.since, p.quiet, p.every = time.Time{}, pauseAfter, pauseEvery
	return true
}

// more waits for the next chunk.
func (p *LivePipe) more() bool {
	select {
	case c := <-p.chunks:
		p.rest, p.err = c.data, c.err
		return true
	case <-time.After(p.quiet):
		return false
	}
}
