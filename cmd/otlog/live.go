package main

import (
	"bytes"
	"errors"
	"os"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/cmd/otlog/internal/stream"
	"github.com/otlog/otlog/cmd/otlog/internal/terminal"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/page"
)

const (
	redrawEvery = time.Second            // a live report
	lastWords   = 200 * time.Millisecond // from a signal to the end of a live pipe
)

// scanLive returns a scanner that reads standard input until it ends or a signal arrives. If
// standard error is a terminal, it shows the report so far there.
func (o *reportOptions) scanLive(s streams, plan *reportPlan) scanner {
	return func(sources []parse.Source, options aggregate.Options) (*aggregate.Result, error) {
		if len(sources) != 1 || sources[0].Path != "-" {
			return nil, usageError(errors.New("--live reads standard input only\nhint: tail -F app.log | otlog --live"))
		}
		stop := make(chan struct{})
		defer stream.OnSignal(func(os.Signal) {
			// The program that writes to the pipe has received the signal too: let it finish.
			time.Sleep(lastWords)
			close(stop)
		})()
		options.Every, options.Look = redrawEvery, func(*aggregate.Result) {}
		stream.SetStdin(sources, stream.NewLivePipe(s.in, stop))
		tty := terminal.Of(s.err)
		if tty == nil {
			return aggregate.Scan(sources, options)
		}
		view := terminal.NewScreen(tty)
		options.Look = func(r *aggregate.Result) {
			// Settling in memory does not fail, and a broken terminal is no reason to stop.
			if counts, err := aggregate.Settle(nil, r.Parts...); err == nil {
				o.read.rules.Sources(r.Sources)
				counts.Names = o.read.rules.Names(counts.Names)
				_ = o.draw(view, counts, r.Sources, plan)
			}
		}
		result, err := aggregate.Scan(sources, options)
		_ = view.Clear()
		return result, err
	}
}

// draw draws a report on a screen.
func (o *reportOptions) draw(view *terminal.Screen, counts *aggregate.Counts, sources []*aggregate.Source, plan *reportPlan) error {
	options := plan.options
	options.Breakdown, options.By, options.ShowSessions = nil, "", false // the screen has no room for them
	r, err := report.New(counts, sources, options)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	// The width may have changed since the last time.
	if err := page.Text(&b, r, page.TextOptions{Options: page.Options{Top: o.top, Brief: true}, Width: view.Width(), Color: o.color.on(true)}); err != nil {
		return err
	}
	return view.Draw(b.Bytes())
}
