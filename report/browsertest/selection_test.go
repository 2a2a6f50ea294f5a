package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// choose sets the value of a control, as a person does, to the option with a text.
func (b *tab) choose(control, text string) {
	b.Helper()
	if text == "" {
		return
	}
	if !eval[bool](b, fmt.Sprintf(`((e, text) => {
		const option = Array.from(e?.options ?? []).find((o) => look.text(o) === text && !o.disabled);
		if (!option) return false;
		e.value = option.value;
		return e.dispatchEvent(new Event("change", { bubbles: true }));
	})(document.querySelector(%s), %s)`, quoted("select."+control), quoted(text))) {
		b.Fatalf("%s cannot be %q", control, text)
	}
}

// sectionTable returns the table of a section that is shown.
func (b *tab) sectionTable(title string) table {
	b.Helper()
	return eval[table](b, `look.table(look.all("section").find((s) => look.shown(s) && look.text(s.querySelector("h2")) === `+quoted(title)+`).querySelector("table"))`)
}

// A page on which some windows or one group of clients are selected has the numbers that the
// command has for that part of the input, to the letter.
func TestSelection(t *testing.T) {
	for _, test := range []struct {
		page, from, to, clients string
		args                    []string // of the command that selects the same
		says                    string
		sessions                bool // they are shown
	}{
		{"weeks", "2026-W44", "2026-W46", "", []string{"--since", "2026-10-26", "--until", "2026-11-16", "testdata/weeks"}, "Shown: 2026-W44 to 2026-W46. Attempts and failures of windows add up.", false},
		{"weeks", "2026-W43", "2026-W43", "", []string{"--since", "2026-10-19", "--until", "2026-10-26", "testdata/weeks"}, "Shown: 2026-W43: 1,155 sessions.", true},
		{"weeks", "2026-W43", "2026-W48*", "", []string{"testdata/weeks"}, "Shown: the whole input: 5,714 sessions.", true},
		{"weeks", "", "2026-W44", "", []string{"--until", "2026-11-02", "testdata/weeks"}, "Shown: 2026-W43 to 2026-W44.", false},
		{"weeks", "", "", "2.34.1", []string{"--since", "2026-11-16", "--until", "2026-11-23", "--sdk", "2.34.1", "testdata/weeks"}, "Shown: 2026-W47, SDK version 2.34.1: 275 sessions.", true},
		{"weeks", "2026-W46", "", "2.35.2", []string{"--since", "2026-11-09", "--until", "2026-11-23", "--sdk", "2.35.2", "testdata/weeks"}, "Shown: 2026-W46 to 2026-W47, SDK version 2.35.2.", false},
		{"groups", "2026-W43", "2026-W45", "2.35.2", []string{"--since", "2026-10-19", "--until", "2026-11-09", "--sdk", "2.35.2", "testdata/weeks"}, "Shown: 2026-W43 to 2026-W45, SDK version 2.35.2.", false},
		{"groups", "2026-W43", "2026-W48*", "2.33.0", []string{"--sdk", "2.33.0", "testdata/weeks"}, "Shown: the whole input, SDK version 2.33.0:", true},
		{"days", "Tue 10-20", "Wed 11-11", "", []string{"--since", "2026-10-20", "--until", "2026-11-12", "testdata/weeks"}, "Shown: Tue 10-20 to Wed 11-11.", false},
		{"whole", "", "", "2.35.2", []string{"--sdk", "2.35.2", "testdata/logs"}, "Shown: the whole input, SDK version 2.35.2:", true},
	} {
		t.Run(strings.Join([]string{test.page, test.from, test.to, test.clients}, " "), func(t *testing.T) {
			t.Parallel()
			b := open(t, siteOf(t, test.page).file())
			before := eval[string](b, "document.body.innerText")
			b.choose("clients", test.clients)
			b.choose("to", test.to)
			b.choose("from", test.from)
			if says := eval[string](b, `look.text(document.querySelector("[role=status]"))`); !strings.HasPrefix(says, test.says) {
				t.Errorf("it says %q, want %q", says, test.says)
			}

			other := site{args: append([]string{"--top", "0"}, test.args...)}
			html, err := other.otlog(t.Context(), "html")
			b.check(err)
			file := filepath.Join(t.TempDir(), "other.html")
			b.check(os.WriteFile(file, html, 0o644))
			oracle := open(t, file)
			for _, of := range []struct {
				title string
				heads []string // that both must have
			}{
				{"Failure rates", []string{"Failed", "Failure rate", "95% interval"}},
				{"Errors", []string{"Failures", "Lines"}},
				{"Methods", []string{"Failures", "Lines", "Failure rate"}},
			} {
				got, want := b.sectionTable(of.title), oracle.sectionTable(of.title)
				for i, head := range want.Heads {
					if strings.HasPrefix(head, "Share of ") {
						want.Heads[i] = "Session rate"
					}
				}
				for _, head := range []string{"Sessions", "Sessions failed", "Session rate"} {
					if !test.sessions && slices.Contains(got.Heads, head) {
						t.Errorf("%s of several windows has the column %q", of.title, head)
					}
					if test.sessions && slices.Contains(want.Heads, head) {
						of.heads = append(of.heads, head)
					}
				}
				x, y := got.rowsBy(of.heads), want.rowsBy(of.heads)
				if strings.Join(x, "\n") != strings.Join(y, "\n") || len(x) < 2 {
					t.Errorf("%s, %q:\n%s\nwant\n%s", of.title, of.heads, strings.Join(x, "\n"), strings.Join(y, "\n"))
				}
			}
			for _, what := range eval[[]string](b, "look.complaints()") {
				t.Error(what)
			}
			// What was compared is hidden, and everything returns.
			if shown := eval[[]string](b, `look.all("figure, .advices, h2").filter((e) => look.shown(e) && /signif|chang|What to do/i.test(e.textContent)).map(look.text)`); len(shown) > 0 {
				t.Errorf("changes are shown: %q", shown)
			}
			eval[bool](b, `look.all(".controls button").find(look.shown).focus(), true`)
			b.press(kb.Enter)
			if after := eval[string](b, "document.body.innerText"); after != before {
				t.Errorf("after the reset the page is\n%s\nwant\n%s", after, before)
			}
			b.noise(siteOf(t, test.page).file())
		})
	}
}

// rowsBy returns the rows of a table: its names, and the columns with some heads.
func (t *table) rowsBy(heads []string) []string {
	var out []string
	for _, row := range t.Rows {
		var cells []string
		for i, head := range t.Heads {
			if i == 0 || head == "Method" || slices.Contains(heads, head) {
				cells = append(cells, row[i])
			}
		}
		out = append(out, strings.Join(cells, " | "))
	}
	slices.Sort(out)
	return out
}

// A selection also has labels, contrast and nothing that scrolls, and its rows can be searched.
func TestSelectionInUse(t *testing.T) {
	t.Parallel()
	b := open(t, siteOf(t, "weeks").file())
	b.choose("from", "2026-W45")
	checkContrast(b, nil)
	b.emulate(light)
	checkWidths(b, nil)
	b.size(1280, 900, false)
	eval[bool](b, `document.querySelector("input").focus(), true`)
	b.press("timeout")
	const says = `look.text(document.querySelector("[role=status]"))`
	b.until(says + `.endsWith("2 of 18 rows")`)
	b.press(kb.Escape)
	b.until("!" + says + `.includes("rows")`)
	table := `look.all("section").find((s) => look.shown(s) && look.text(s.querySelector("h2")) === "Errors").querySelector("table")`
	sortBy(b, table, 2, func() { b.click("look.heads(" + table + ")[2].querySelector('button')") })
}

// A window that has not been counted for a group cannot be chosen, and one that was chosen before
// is dropped.
func TestSelectionOfWhatWasCounted(t *testing.T) {
	t.Parallel()
	b := open(t, siteOf(t, "weeks").file())
	b.choose("from", "2026-W43")
	b.choose("to", "2026-W44")
	b.choose("clients", "Chrome 142")
	const says = `look.text(document.querySelector("[role=status]"))`
	if got := eval[string](b, says); !strings.HasPrefix(got, "Shown: 2026-W47, Browser Chrome 142: 446 sessions.") {
		t.Errorf("it says %q", got)
	}
	if got, want := eval[[]string](b, `look.all("select.from option:not(:disabled)").map(look.text)`), []string{"–", "2026-W46", "2026-W47"}; !slices.Equal(got, want) {
		t.Errorf("windows %q, want %q", got, want)
	}
	// The first window is before the last, whatever is chosen first.
	b.choose("clients", "all")
	b.choose("from", "2026-W46")
	b.choose("to", "2026-W44")
	if got := eval[string](b, says); !strings.HasPrefix(got, "Shown: 2026-W44: 1,113 sessions.") {
		t.Errorf("it says %q", got)
	}
}

// Shares are rounded as the command rounds them, also those in the middle of two numbers.
func TestSharesAreRoundedAlike(t *testing.T) {
	t.Parallel()
	b := open(t, siteOf(t, "weeks").file())
	const most = 400
	got := eval[[]string](b, fmt.Sprintf(`Array.from({ length: %d }, (_, n) => Array.from({ length: n + 2 }, (_, part) => percent(part / (n + 1)))).flat()`, most))
	i, ties := 0, 0
	for whole := 1; whole <= most; whole++ {
		for part := 0; part <= whole; part++ {
			share := float64(part) / float64(whole)
			if want := fmt.Sprintf("%.1f%%", 100*share); got[i] != want {
				t.Errorf("%d of %d is %s, want %s", part, whole, got[i], want)
			}
			if part*400%whole == 0 && part*400/whole%2 == 1 {
				ties++
			}
			i++
		}
	}
	if ties < 10 {
		t.Errorf("only %d shares are in the middle", ties)
	}
	for share, want := range map[string]string{"1 / 1100": "0.09%", "1 / 1000": "0.1%", "1 / 1600": "0.06%", "1 / 123456": "0.0008%", "1 / 1e9": "0.000000%", "0": "0.0%"} {
		if got := eval[string](b, "percent("+share+")"); got != want {
			t.Errorf("%s is %s, want %s", share, got, want)
		}
	}
}
