package browsertest

import (
	"bytes"
	"cmp"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

var screenshot = flag.String("screenshot", "", "write a picture of the top of the weekly report to this `FILE`")

// TestScreenshot makes the picture of the README:
//
//	cd report/browsertest && go test -count=1 -run Screenshot -screenshot ../../docs/report.png .
func TestScreenshot(t *testing.T) {
	if *screenshot == "" {
		t.Skip("no -screenshot")
	}
	b := blank(t)
	b.size(1280, 900, false)
	b.visit(siteOf(t, "weeks").file())
	b.emulate(light)
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.check(err)
	picture, err = fewColours(picture)
	b.check(err)
	if len(picture) > 80_000 {
		t.Errorf("the picture has %d bytes", len(picture))
	}
	b.check(os.WriteFile(*screenshot, picture, 0o644))
}

// fewColours returns a PNG in its most frequent colours, which makes it a third as large. A page has
// few colours, and letters have shades of them.
func fewColours(picture []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	counts := map[color.Color]int{}
	bounds := full.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[full.At(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(counts), func(a, b color.Color) int { return cmp.Compare(counts[b], counts[a]) })
	const most = 64
	out := image.NewPaletted(bounds, colours[:min(len(colours), most)])
	draw.Draw(out, bounds, full, bounds.Min, draw.Src)
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err = encoder.Encode(&b, out)
	return b.Bytes(), err
}
