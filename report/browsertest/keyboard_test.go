package browsertest

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A focus is the element with the keyboard focus.
type focus struct {
	Index int    `json:"index"` // of the controls, -1 if it is on none
	Name  string `json:"name"`
	Seen  bool   `json:"seen"`
}

// checkKeyboard checks that TAB visits every control in order with a visible focus, and then
// leaves the page; on one page also backwards.
func checkKeyboard(b *tab, s *site) {
	n := eval[int](b, "look.controls().length")
	step := func(want int, options ...chromedp.KeyOption) {
		b.Helper()
		b.press(kb.Tab, options...)
		switch f := eval[focus](b, "look.focused()"); {
		case f.Index != want:
			b.Fatalf("the focus is on control %d (%s), want %d of %d", f.Index, f.Name, want, n)
		case !f.Seen:
			b.Errorf("one does not see the focus on %s", f.Name)
		}
	}
	for i := range n {
		step(i)
	}
	step(-1) // out of the page
	if s.name != "weeks" {
		return
	}
	for i := range n {
		step(n-1-i, chromedp.KeyModifiers(chromedp.ModifierShift))
	}
}

// The first stop of TAB is a link that skips to the report.
func TestSkipLink(t *testing.T) {
	t.Parallel()
	b := open(t, siteOf(t, "weeks").file())
	b.press(kb.Tab + kb.Enter)
	b.until(`location.hash === "#" + document.querySelector("main").id`)
	b.press(kb.Tab)
	b.until(`document.activeElement === look.controls().find((e) => e.closest("main"))`)
}

// On a telephone, where rows are cards, the heads of a table appear when the keyboard reaches them.
func TestKeyboardOnPhone(t *testing.T) {
	t.Parallel()
	b := blank(t)
	b.size(390, 844, true)
	b.visit(siteOf(t, "weeks").file())
	checkKeyboard(b, siteOf(t, "whole")) // forwards only
}

// A table that is wider than its region scrolls by keyboard.
func TestScrollByKey(t *testing.T) {
	t.Parallel()
	b := open(t, siteOf(t, "days").file())
	const region = `look.section("Sessions by window of 1d (last 31 of 36)").querySelector("table").closest("[tabindex]")`
	if eval[bool](b, region+".scrollLeft !== 0 || "+region+".scrollWidth <= "+region+".clientWidth") {
		t.Fatal("the table does not have to be scrolled")
	}
	eval[bool](b, region+".focus(), true")
	b.press(kb.ArrowRight)
	b.until(region + ".scrollLeft > 0")
}
