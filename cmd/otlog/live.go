package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/page"
)

// redrawEvery is how often a live report is drawn.
const redrawEvery = time.Second

// scanLive reads standard input until it ends or the user stops it, and shows on
// the terminal of standard error, if it is one, what has been found so far.
func (o *reportOptions) scanLive(s streams, plan *reportPlan) scanner {
	return func(sources []parse.Source, options aggregate.Options) (*aggregate.Result, error) {
		if len(sources) != 1 || sources[0].Path != "-" {
			return nil, usageError(errors.New("--live reads standard input only\nhint: tail -F app.log | otlog --live"))
		}
		stop := make(chan struct{})
		defer onEnding(func(os.Signal) {
			// What writes into the pipe has got the signal too: let it finish.
			time.Sleep(lastWords)
			close(stop)
		})()
		options.Every, options.Look = redrawEvery, func(*aggregate.Result) {}
		readStdin(sources, newLivePipe(s.in, stop))
		terminal, ok := terminalOf(s.err)
		if !ok {
			return aggregate.Scan(sources, options)
		}
		view := newScreen(terminal)
		options.Look = func(r *aggregate.Result) {
			// What is in memory can be settled, and nobody looks at a terminal that fails.
			if counts, err := aggregate.Settle(nil, r.Parts...); err == nil {
				_ = o.draw(view, counts, r.Sources, plan)
			}
		}
		result, err := aggregate.Scan(sources, options)
		_ = view.clear()
		return result, err
	}
}

// draw shows a report on a screen.
func (o *reportOptions) draw(view *screen, counts *aggregate.Counts, sources []*aggregate.Source, plan *reportPlan) error {
	options := plan.options
	options.Breakdown, options.By = nil, "" // there is no room for them
	r, err := report.New(counts, sources, options)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := page.Text(&b, r, page.TextOptions{Options: page.Options{Top: o.top, Brief: true}}); err != nil {
		return err
	}
	return view.draw(b.Bytes())
}

const (
	lastWords = 200 * time.Millisecond // between a signal and the end of a live pipe

	pauseAfter = 10 * time.Millisecond  // without a byte
	pauseEvery = 250 * time.Millisecond // while bytes trickle

	// The first pause takes longer, so that there is something to tell the format by.
	firstPauseAfter = time.Second
	firstPauseEvery = 2 * time.Second
)

// A livePipe is a stream that is read ahead, so that it can be told whether there is
// more at the moment. It implements parse.Live.
type livePipe struct {
	chunks <-chan chunk
	stop   <-chan struct{} // closed: the stream ends

	rest         []byte    // of the last chunk
	err          error     // behind it
	since        time.Time // when the first byte came since the last pause; zero: none did
	quiet, every time.Duration
}

type chunk struct {
	data []byte
	err  error
}

func newLivePipe(from io.Reader, stop <-chan struct{}) *livePipe {
	chunks := make(chan chunk, 4)
	p := &livePipe{chunks: chunks, stop: stop, quiet: firstPauseAfter, every: firstPauseEvery}
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

func (p *livePipe) Read(b []byte) (int, error) {
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
func (p *livePipe) Close() error { return nil }

// Pause waits a little for more to come.
func (p *livePipe) Pause() bool {
	if time.Since(p.since) < p.every && (len(p.rest) > 0 || p.err != nil || p.more()) {
		return false
	}
	p.since, p.quiet, p.every = time.Time{}, pauseAfter, pauseEvery
	return true
}

// more waits for the next chunk.
func (p *livePipe) more() bool {
	select {
	case c := <-p.chunks:
		p.rest, p.err = c.data, c.err
		return true
	case <-time.After(p.quiet):
		return false
	}
}
