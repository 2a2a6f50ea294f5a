package aggregate

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

func TestDoubtsDoNotDependOnWorkers(t *testing.T) {
	var log bytes.Buffer
	for i := range 30_000 {
		fmt.Fprintf(&log, "%02d/04/2026 10:44:25 OpenTok:Session:error it did not work, whatever it was\n", 1+i%28)
		if i%2 == 0 {
			fmt.Fprintf(&log, "Nov %2d 10:44:25 host app[12]: OT_TIMEOUT\n", 1+i%28)
		}
	}
	sources := []parse.Source{write(t, "log", log.Bytes())}
	options := Options{Jobs: 1, Input: parse.Options{SectionSize: 1 << 20, Times: timestamp.Times{Latest: time.Now()}}}
	one := scanned(t, sources, options)
	doubts := one.Sources[0].Doubts
	if d := doubts[timestamp.DayMonth]; d.Records != 30_000 || d.Example != "01/04/2026 10:44:25" {
		t.Errorf("day and month: %+v", d)
	}
	if d := doubts[timestamp.NoYear]; d.Records != 15_000 || d.Example != "Nov  1 10:44:25" {
		t.Errorf("year: %+v", d)
	}
	for _, jobs := range []int{2, 5} {
		options.Jobs = jobs
		many := scanned(t, sources, options)
		if many.Sources[0].Doubts != doubts {
			t.Errorf("%d workers: %+v, one: %+v", jobs, many.Sources[0].Doubts, doubts)
		}
	}
	options.Input.SectionSize = 0
	walked, err := Walk(sources, options.Input, func(*Record) error { return nil })
	if err != nil || walked[0].Doubts != doubts {
		t.Errorf("in order: %+v, %v", walked[0].Doubts, err)
	}
}
