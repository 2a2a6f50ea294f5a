package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
)

// checkStructure checks the structure that a screen reader needs.
func checkStructure(b *tab, _ *site) {
	for _, complaint := range eval[[]string](b, "look.complaints()") {
		b.Error(complaint)
	}
}

// roles are the least numbers of elements with a role on a page.
var roles = map[string]map[string]int{
	"weeks":   {"image": 5, "table": 6, "link": 8, "button": 10, "searchbox": 1, "combobox": 3, "status": 1, "main": 1, "navigation": 1, "columnheader": 40, "rowheader": 20},
	"diff":    {"image": 1, "table": 3},
	"whole":   {"image": 1, "table": 4},
	"hostile": {"table": 3},
}

// checkNames checks the names and roles in the accessibility tree of the browser.
func checkNames(b *tab, s *site) {
	value := func(v *accessibility.Value) string {
		if v == nil {
			return ""
		}
		return strings.TrimSpace(strings.Trim(string(v.Value), `"`))
	}
	found := map[string]int{}
	for _, node := range call(b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if node.Ignored {
			continue
		}
		role := value(node.Role)
		found[role]++
		switch role {
		case "image", "table", "link", "button", "searchbox", "textbox", "combobox", "region", "navigation", "columnheader", "rowheader", "RootWebArea":
			if value(node.Name) == "" {
				b.Errorf("the %s of node %s has no name", role, node.NodeID)
			}
		}
	}
	for role, n := range roles[s.name] {
		if found[role] < n {
			b.Errorf("%d of role %s, want at least %d; all are %v", found[role], role, n, found)
		}
	}
	if charts := eval[int](b, `look.all("svg[role=img]").filter(look.shown).length`); found["image"] != charts {
		b.Errorf("%d images are in the accessibility tree, want %d charts", found["image"], charts)
	}
}

// A medium is a screen or paper, light or dark.
type medium struct{ media, scheme string }

func (m medium) String() string { return strings.TrimSpace(m.media + " " + m.scheme) }

func (b *tab) emulate(m medium) {
	b.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: m.media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: m.scheme}},
	})
	b.until(fmt.Sprintf(`matchMedia("(prefers-color-scheme: %s)").matches && matchMedia(%q).matches`, m.scheme, m.media))
}

var (
	light = medium{"screen", "light"}
	dark  = medium{"screen", "dark"}
	paper = medium{"print", "light"}
)

// faint is a result of look.faint.
type faint struct {
	Checked int      `json:"checked"`
	Found   []string `json:"found"`
}

func (f *faint) complain(b *tab, m medium) {
	for i, what := range f.Found {
		if i == 10 {
			b.Errorf("%v: and %d more", m, len(f.Found)-i)
			break
		}
		b.Errorf("%v: %s", m, what)
	}
	if f.Checked < 10 {
		b.Errorf("%v: only %d texts were looked at", m, f.Checked)
	}
}

// checkContrast checks the contrast of all text against WCAG, on every medium.
func checkContrast(b *tab, _ *site) {
	for _, m := range []medium{light, dark, paper, {"print", "dark"}} {
		b.emulate(m)
		found := eval[faint](b, "look.faint(4.5)")
		found.complain(b, m)
	}
}

// Text also has enough contrast in a row under the mouse, and in a sorted table.
func TestContrastInUse(t *testing.T) {
	t.Parallel()
	b := open(t, siteOf(t, "weeks").file())
	for _, m := range []medium{light, dark} {
		b.emulate(m)
		b.click(`look.section("Errors").querySelector("th[scope=col] button")`)
		b.click(`look.section("Errors").querySelector("td:last-child")`)
		b.until(`look.section("Errors").querySelector("tr:hover")`)
		found := eval[faint](b, "look.faint(4.5)")
		found.complain(b, m)
	}
}

// checkDark checks that a dark page has no light parts and a light page no dark parts, including
// the parts that the browser draws.
func checkDark(b *tab, _ *site) {
	look := func(m medium) (ink, ground string) {
		b.emulate(m)
		for _, g := range eval[[]struct {
			Name  string  `json:"name"`
			Light float64 `json:"light"`
		}](b, "look.grounds()") {
			if m == dark && g.Light > 0.2 || m != dark && g.Light < 0.7 {
				b.Errorf("%v: the background of %s has a luminance of %.2f", m, g.Name, g.Light)
			}
		}
		return eval[string](b, "getComputedStyle(document.body).color"), eval[string](b, "getComputedStyle(document.body).backgroundColor")
	}
	inkLight, groundLight := look(light)
	inkDark, groundDark := look(dark)
	if inkLight == inkDark || groundLight == groundDark {
		b.Errorf("light: %s on %s, dark: %s on %s", inkLight, groundLight, inkDark, groundDark)
	}
	if _, ground := look(medium{"print", "dark"}); ground != groundLight {
		b.Errorf("on paper, a dark page is printed on %s", ground)
	}
}
