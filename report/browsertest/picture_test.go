package browsertest

import (
	"flag"
	"os"
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
	if len(picture) > 200_000 {
		t.Errorf("the picture has %d bytes", len(picture))
	}
	b.check(os.WriteFile(*screenshot, picture, 0o644))
}
