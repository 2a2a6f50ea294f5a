package browsertest

import (
	"bytes"
	"fmt"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
)

// checkWidths checks in windows of several widths that the page is not wider than the window,
// that wider elements scroll in a region of their own, and that text is large enough.
func checkWidths(b *tab, _ *site) {
	for _, window := range []struct {
		width, height int64
		phone         bool
		words         float64 // the least height of text
	}{{390, 844, true, 11}, {320, 568, true, 10}, {768, 1024, true, 11}, {1280, 900, false, 11}} {
		b.run(fmt.Sprint(window.width), func(b *tab) {
			b.size(window.width, window.height, window.phone)
			b.until(fmt.Sprintf("document.documentElement.clientWidth === %d", window.width))
			page := eval[struct {
				Scroll int64 `json:"scroll"`
				Client int64 `json:"client"`
			}](b, "look.page()")
			if page.Client != window.width || page.Scroll > page.Client {
				b.Errorf("the page is %d wide in %d", page.Scroll, page.Client)
			}
			for _, what := range eval[[]string](b, fmt.Sprintf("look.wide(%d)", window.width)) {
				b.Error(what)
			}
			for _, what := range eval[[]string](b, fmt.Sprintf("look.small(%v)", window.words)) {
				b.Error(what)
			}
			for _, s := range eval[[]struct {
				Name   string `json:"name"`
				Moved  bool   `json:"moved"`
				Inside bool   `json:"inside"`
			}](b, "look.scrolling()") {
				if !s.Moved || !s.Inside {
					b.Errorf("%s is wider than its region: it can be scrolled %v, the region is within the page %v", s.Name, s.Moved, s.Inside)
				}
			}
		})
	}
}

// checkPaper checks that nothing is cut off on A4, and that controls are not printed.
func checkPaper(b *tab, _ *site) {
	// 210 mm minus two margins of 12 mm, at 96 pixels per inch.
	const width, height = 703, 1017
	b.size(width, height, false)
	b.emulate(paper)
	for _, what := range eval[[]string](b, fmt.Sprintf("look.wide(%d)", width)) {
		b.Error(what)
	}
	for _, what := range eval[[]string](b, `look.all("nav, input, form").filter(look.shown).map((e) => e.localName)`) {
		b.Errorf("%s is printed", what)
	}
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	b.check(err)
	boxes := regexp.MustCompile(`/MediaBox ?\[0 0 59\d(\.\d+)? 84\d(\.\d+)?\]`).FindAll(pdf, -1)
	pages := regexp.MustCompile(`/Type ?/Page\b`).FindAll(pdf, -1)
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(pages) == 0 || len(boxes) != len(pages) {
		b.Errorf("%d bytes of PDF, %d pages, %d of them A4", len(pdf), len(pages), len(boxes))
	}
}

// The first column of a wide table stays visible on a phone, so that each number has the name of
// its row beside it.
func TestPhoneKeepsNames(t *testing.T) {
	t.Parallel()
	b := blank(t)
	b.size(390, 844, true)
	b.visit(siteOf(t, "weeks").file())
	const cell = `look.section("Errors").querySelector("tbody th")`
	eval[bool](b, cell+`.closest("[tabindex]").scrollLeft = 200, true`)
	b.until(cell + `.closest("[tabindex]").scrollLeft === 200`)
	if x := eval[float64](b, cell+".getBoundingClientRect().x"); x < 0 {
		t.Errorf("the name of a row is at %v", x)
	}
}
