package browsertest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// checkQuiet checks at the end of a test that the page made no requests and caused no messages,
// whatever the test did.
func checkQuiet(b *tab, s *site) {
	b.size(1280, 900, false)
	b.emulate(light)
	for _, e := range []string{`look.all("thead button")[0]`, `look.all("input")[0]`} {
		if eval[bool](b, "!!"+e) {
			b.click(e)
			b.press("a" + kb.Escape)
		}
	}
	if eval[bool](b, `!!look.all("nav a")[0]`) {
		b.click(`look.all("nav a")[0]`)
		b.until(`location.hash !== ""`)
	}
	b.noise(s.file())
}

// TestNoise checks that requests and messages of a page are noticed.
func TestNoise(t *testing.T) {
	for _, test := range []struct{ name, page, want string }{
		{"console", `<script>console.log("hello")</script>`, "console.log"},
		{"exception", `<script>throw new Error("no")</script>`, "exception"},
		{"dialog", `<script>alert(1)</script>`, "alert: 1"},
		{"violation", `<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><p style="color:red">`, "security: "},
		{"request", `<img src="other.png">`, "other.png"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := blank(t)
			file := filepath.Join(t.TempDir(), "noise.html")
			b.check(os.WriteFile(file, []byte("<!doctype html><title>noise</title>"+test.page), 0o644))
			b.visit(file)
			b.until(`document.readyState === "complete"`)
			b.mu.Lock()
			defer b.mu.Unlock()
			if all := strings.Join(append(b.requests, b.said...), "\n"); !strings.Contains(all, test.want) {
				t.Errorf("noticed was:\n%s\nwant %q", all, test.want)
			}
		})
	}
}

// Text from outside stays text in a browser.
func TestHostile(t *testing.T) {
	var tags []string // on pages of harmless logs
	for _, name := range []string{"weeks", "whole", "diff"} {
		b := open(t, siteOf(t, name).file())
		tags = append(tags, eval[[]string](b, `look.all("*").map((e) => e.localName)`)...)
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)
	tags = append(tags, "ul") // of warnings

	var names []string
	for _, h := range hostile {
		if h.shown == "" {
			h.shown = h.name
		}
		names = append(names, h.shown)
	}
	for _, test := range []struct {
		page  string
		shown []string
	}{
		{"hostile", append(names, hostileDamage, hostileSDK)},
		{"hostile-diff", []string{names[0], names[3]}},
		{"hostile-filter", []string{names[1], hostileSession, hostileSDK}},
	} {
		t.Run(test.page, func(t *testing.T) {
			t.Parallel()
			b := open(t, siteOf(t, test.page).file())
			for _, what := range eval[[]string](b, "look.foreign("+quoted(tags)+")") {
				t.Error(what)
			}
			for _, what := range eval[[]string](b, "look.controlling()") {
				t.Error(what)
			}
			for tag, want := range map[string]int{"script": 1 + eval[int](b, `look.all("#counts[type='application/json']").length`), "style": 1, "title": 1 + eval[int](b, `look.all("svg[role=img]").length`)} {
				if n := eval[int](b, "look.all("+quoted(tag)+").length"); n != want {
					t.Errorf("%d elements are %s, want %d", n, tag, want)
				}
			}
			if title := eval[string](b, "document.title"); test.page != "hostile" && !strings.Contains(title, test.shown[0]) {
				t.Errorf("the title is %q", title)
			}
			text := eval[string](b, "look.text(document.body)")
			for _, want := range test.shown {
				if !strings.Contains(text, want) {
					t.Errorf("the page does not show %q", want)
				}
			}
			b.noise(siteOf(t, test.page).file())
		})
	}
}
