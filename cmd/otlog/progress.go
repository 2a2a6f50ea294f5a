package main

import (
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/otlog/otlog/parse"
)

// progressAfter is how long a reading may take before the user is told how far it is.
const progressAfter = time.Second

// showProgress makes sources count what is read of them. If reading takes long and standard
// error is a terminal, it shows the progress there until stop is called.
func showProgress(s streams, sources []parse.Source, wanted bool) (stop func()) {
	terminal, ok := terminalOf(s.err)
	if !ok || !wanted {
		return func() {}
	}
	read := &atomic.Int64{}
	for i := range sources {
		sources[i].Progress = read
	}
	ended := make(chan struct{})
	var shown sync.WaitGroup
	shown.Go(func() { progress(terminal, read, sizeOf(sources), ended) })
	return func() {
		close(ended)
		shown.Wait()
	}
}

// sizeOf returns how many bytes sources have, 0 if that is not known of all.
func sizeOf(sources []parse.Source) (sum int64) {
	for _, s := range sources {
		info, err := os.Stat(s.Path)
		if err != nil || !info.Mode().IsRegular() {
			return 0
		}
		sum += info.Size()
	}
	return sum
}

// progress draws how much of all has been read, and wipes it off in the end.
func progress(w io.Writer, read *atomic.Int64, all int64, ended <-chan struct{}) {
	start := time.Now()
	select {
	case <-ended:
		return
	case <-time.After(progressAfter):
	}
	bars := mpb.New(mpb.WithOutput(w), mpb.WithWidth(64))
	const unit = decor.SizeB1000(0)
	counters := decor.Current(unit, "% .1f")
	style := mpb.NopStyle()
	right := []decor.Decorator{decor.NewAverageSpeed(unit, "% .1f", start)}
	if all > 0 {
		counters = decor.Counters(unit, "% .1f of % .1f")
		style = mpb.BarStyle()
		right = append(right, decor.Name(", "), decor.NewAverageETA(decor.ET_STYLE_GO, start, nil), decor.Name(" left"))
	}
	bar := bars.New(all, style, mpb.PrependDecorators(decor.Name("otlog: "), counters, decor.Name(" ")), mpb.AppendDecorators(right...))
	tick := time.NewTicker(150 * time.Millisecond)
	defer tick.Stop()
	for {
		n := read.Load()
		if all > 0 {
			n = min(n, all-1) // all is when the scan has ended
		}
		bar.SetCurrent(n)
		select {
		case <-ended:
			bar.Abort(true)
			bars.Wait()
			return
		case <-tick.C:
		}
	}
}
