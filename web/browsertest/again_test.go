package browsertest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestAgain makes one report after the other, and looks at what is painted: a frame can be blank although
// its document is whole.
func TestAgain(t *testing.T) {
	b := open(t, "file://"+pageFile)
	for _, name := range []string{"saved-from-browser.log", "console-sdk-2.35.2.jsonl.zst", "saved-from-browser.log", "console-sdk-2.35.2.jsonl.zst"} {
		files := []string{filepath.Join(root, "testdata/logs", name)}
		b.choose("files", files...)
		b.until(`el("result").hidden`, changing)
		b.reported()
		eval[bool](b, `(el("report").scrollIntoView(), new Promise((done) => setTimeout(() => done(true), 500)))`)
		if n := colors(b); n < 3 {
			t.Errorf("%s: the report has %d colours", name, n)
		}
	}
	b.quiet()
}

// colors counts the colours of what is painted of the report.
func colors(b *tab) int {
	b.Helper()
	shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.check(err)
	picture, err := png.Decode(bytes.NewReader(shot))
	b.check(err)
	at := eval[[]float64](b, `(() => { const r = el("report").getBoundingClientRect(); return [r.left + 2, Math.max(r.top, 0) + 2, r.right - 2, Math.min(r.bottom, innerHeight) - 2].map((x) => x * devicePixelRatio); })()`)
	seen := map[color.Color]bool{}
	frame := image.Rect(int(at[0]), int(at[1]), int(at[2]), int(at[3])).Intersect(picture.Bounds())
	for y := frame.Min.Y; y < frame.Max.Y; y++ {
		for x := frame.Min.X; x < frame.Max.X; x++ {
			seen[picture.At(x, y)] = true
		}
	}
	return len(seen)
}
