package browsertest

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// checkWidths checks in windows of several widths that the page is not wider than the window, and
// that text is large enough. On a telephone nothing scrolls sideways, and each value of a table has
// its head above it, unless the table is small. In wider windows a wide element scrolls in a region of its own.
func checkWidths(b *tab, _ *site) {
	for _, window := range []struct {
		width, height int64
		phone         bool
		narrow        bool
	}{{320, 568, true, true}, {390, 844, true, true}, {768, 1024, true, false}, {1280, 900, false, false}} {
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
			for _, what := range eval[[]string](b, "look.small(11)") {
				b.Error(what)
			}
			for _, s := range eval[[]struct {
				Name   string `json:"name"`
				Moved  bool   `json:"moved"`
				Inside bool   `json:"inside"`
			}](b, "look.scrolling()") {
				if window.narrow {
					b.Errorf("%s scrolls sideways", s.Name)
				}
				if !s.Moved || !s.Inside {
					b.Errorf("%s is wider than its region: it can be scrolled %v, the region is within the page %v", s.Name, s.Moved, s.Inside)
				}
			}
			cards := eval[struct {
				Cards int      `json:"cards"`
				Found []string `json:"found"`
			}](b, "look.unlabelled()")
			for _, what := range cards.Found {
				b.Error(what)
			}
			if rows := eval[int](b, `look.all("table:not(.small) tbody tr").filter((r) => look.shown(r.closest("section"))).length`); window.narrow && cards.Cards != rows {
				b.Errorf("%d of %d rows are cards", cards.Cards, rows)
			}
			if drawings := eval[[]int](b, `look.all(".drawing").filter(look.shown).map((d) => look.all("svg", d).filter(look.shown).length)`); slices.ContainsFunc(drawings, func(n int) bool { return n != 1 }) {
				b.Errorf("of each drawing, %v pictures are shown, want 1", drawings)
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
	for _, what := range eval[[]string](b, `look.all("nav, input, select, form").filter(look.shown).map((e) => e.localName)`) {
		b.Errorf("%s is printed", what)
	}
	// Chromium repeats the head of a table on each sheet, unless a button is in it.
	if n := eval[int](b, `look.all("thead button").filter((e) => getComputedStyle(e).display !== "contents").length`); n > 0 {
		b.Errorf("%d buttons are in heads of tables", n)
	}
	// Wherever a sheet ends, it does not end below a title.
	sheets := 0
	for sheet := height - 400; sheet <= height; sheet += 25 {
		found := eval[struct {
			Sheets int      `json:"sheets"`
			Found  []string `json:"found"`
		}](b, fmt.Sprintf("look.separated(%d, %d)", width, sheet))
		for _, what := range found.Found {
			b.Error(what)
		}
		sheets += found.Sheets
	}
	if sheets < 17 {
		b.Errorf("%d sheets for 17 sizes of paper", sheets)
	}
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	b.check(err)
	boxes := regexp.MustCompile(`/MediaBox ?\[0 0 59\d(\.\d+)? 84\d(\.\d+)?\]`).FindAll(pdf, -1)
	pages := regexp.MustCompile(`/Type ?/Page\b`).FindAll(pdf, -1)
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(pages) == 0 || len(boxes) != len(pages) {
		b.Errorf("%d bytes of PDF, %d pages, %d of them A4", len(pdf), len(pages), len(boxes))
	}
}

// The first column of a wide table stays visible, so that each number has the name of its row beside
// it.
func TestWideTableKeepsNames(t *testing.T) {
	t.Parallel()
	b := open(t, siteOf(t, "days").file())
	const cell = `look.section("Sessions by window of 1d (last 31 of 36)").querySelector("tbody th")`
	eval[bool](b, cell+`.closest("[tabindex]").scrollLeft = 200, true`)
	b.until(cell + `.closest("[tabindex]").scrollLeft === 200`)
	if x := eval[float64](b, cell+".getBoundingClientRect().x"); x < 0 {
		t.Errorf("the name of a row is at %v", x)
	}
}

// The first screen of a telephone has the headline, what to do, and the rates with what they are
// shares of and how they changed.
func TestFirstScreen(t *testing.T) {
	for _, name := range []string{"weeks", "groups"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := blank(t)
			b.size(390, 844, true)
			b.visit(siteOf(t, name).file())
			for _, what := range []string{
				`look.all("h1")`,
				`look.all("header dt").filter((e) => look.text(e) === "What to do").map((e) => e.parentElement)`,
				`look.all("figcaption").filter((e) => /Session.connect.*\d% .*\d of \d.*previously \d.* pts; significant:/.test(look.text(e)))`,
				`look.all("figcaption").filter((e) => /Session.publish.*\d% .*\d of \d.*previously \d.* pts; significant:/.test(look.text(e)))`,
				`look.all("figcaption").filter((e) => /Session.subscribe.*\d% .*\d of \d.*previously \d.* pts; significant:/.test(look.text(e)))`,
			} {
				for _, bottom := range eval[[]float64](b, what+".map((e) => e.getBoundingClientRect().bottom)") {
					if bottom > 844 {
						t.Errorf("%s ends at %v", what, bottom)
					}
				}
				if n := eval[int](b, what+".filter(look.shown).length"); n != 1 {
					t.Errorf("%d of %s are shown", n, what)
				}
			}
		})
	}
}
