package terminal

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

// progressAfter is the time after which a scan counts as long.
const progressAfter = time.Second

// ShowProgress makes sources count the bytes read of them. If the scan is long and w is a
// terminal, it shows the progress there until stop is called.
func ShowProgress(w io.Writer, sources []parse.Source) (stop func()) {
	terminal := Of(w)
	if terminal == nil {
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

// sizeOf returns the size of all sources in bytes, 0 if one of them has no known size.
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

// progress draws how many bytes of all have been read. It removes the drawing at the end.
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
			n = min(n, all-1) // the bar would end at all
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
