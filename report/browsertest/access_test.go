package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
)

// checkStructure asks the page whether it can be understood without being seen.
func checkStructure(b *tab, _ *site) {
	for _, complaint := range eval[[]string](b, "look.complaints()") {
		b.Error(complaint)
	}
}

// roles are how many of each role a page has at least.
var roles = map[string]map[string]int{
	"weeks":   {"image": 5, "table": 6, "link": 8, "button": 10, "searchbox": 1, "main": 1, "navigation": 1, "columnheader": 40, "rowheader": 20},
	"diff":    {"image": 1, "table": 3},
	"whole":   {"image": 1, "table": 4},
	"hostile": {"table": 3},
}

// checkNames asks the browser what it tells a screen reader.
func checkNames(b *tab, s *site) {
	value := func(v *accessibility.Value) string {
		if v == nil {
			return ""
		}
		return strings.TrimSpace(strings.Trim(string(v.Value), `"`))
	}
	told := map[string]int{}
	for _, node := range call(b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if node.Ignored {
			continue
		}
		role := value(node.Role)
		told[role]++
		switch role {
		case "image", "table", "link", "button", "searchbox", "textbox", "region", "navigation", "columnheader", "rowheader", "RootWebArea":
			if value(node.Name) == "" {
				b.Errorf("the %s of node %s has no name", role, node.NodeID)
			}
		}
	}
	for role, n := range roles[s.name] {
		if told[role] < n {
			b.Errorf("%d of role %s, want at least %d; all are %v", told[role], role, n, told)
		}
	}
	if charts := eval[int](b, `look.all("svg[role=img]").length`); told["image"] != charts {
		b.Errorf("%d images are told of, there are %d charts", told["image"], charts)
	}
}

// A medium is what a page is shown on.
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

// faint is what look.faint finds.
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

// checkContrast holds that all words stand out, as WCAG asks for, wherever they are shown.
func checkContrast(b *tab, _ *site) {
	for _, m := range []medium{light, dark, paper, {"print", "dark"}} {
		b.emulate(m)
		found := eval[faint](b, "look.faint(4.5)")
		found.complain(b, m)
	}
}

// Words stand out in a row below the mouse too, and in a table that was sorted.
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

// checkDark holds that in the dark nothing is light, and in the light nothing is dark, also
// where the page does not say so but the browser draws it.
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
