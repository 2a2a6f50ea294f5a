package browsertest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp/kb"
)

// A table is the text of a table on a page.
type table struct {
	Heads []string   `json:"heads"`
	Sort  []string   `json:"sort"`
	Rows  [][]string `json:"rows"`
}

// column returns the cells of the column with a head.
func (t *table) column(head string) []string {
	i := slices.Index(t.Heads, head)
	if i < 0 {
		return nil
	}
	return t.at(i)
}

func (t *table) at(i int) []string {
	var out []string
	for _, row := range t.Rows {
		out = append(out, row[i])
	}
	return out
}

func quoted(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err) // of strings, it cannot
	}
	return string(out)
}

// jsonErrors returns the errors in the JSON report for the window of the page, in the order of
// the table on the page.
func jsonErrors(t *testing.T, s *site) []string {
	t.Helper()
	raw, err := s.otlog(t.Context(), "json")
	if err != nil {
		t.Fatal(err)
	}
	type failure struct {
		WindowStart *string `json:"window_start"`
		Method      string
		Error       *string
		Code        int
		Documented  string
		Failures    int
		Sessions    int
	}
	var report struct {
		Windows []struct {
			Start    *string
			Complete bool
		}
		Errors []failure
	}
	if err := json.Unmarshal(raw, &report); err != nil {
		t.Fatal(err)
	}
	window := "" // the last complete one
	for _, w := range report.Windows {
		if w.Complete && w.Start != nil {
			window = *w.Start
		}
	}
	errors := slices.DeleteFunc(report.Errors, func(f failure) bool {
		return f.Failures == 0 || window != "" && (f.WindowStart == nil || *f.WindowStart != window)
	})
	label := func(f failure) string {
		switch {
		case f.Error != nil && f.Documented == "no":
			return *f.Error + " (undocumented)"
		case f.Error != nil:
			return *f.Error
		case f.Code != 0:
			return fmt.Sprintf("code %d", f.Code)
		}
		return "unnamed"
	}
	// The worst first; errors without any name last.
	nameless := func(f failure) int {
		if label(f) == "unnamed" && f.Method == "unknown" {
			return 1
		}
		return 0
	}
	slices.SortFunc(errors, func(a, b failure) int {
		return cmp.Or(nameless(a)-nameless(b), b.Sessions-a.Sessions, b.Failures-a.Failures,
			strings.Compare(a.Method, b.Method), strings.Compare(label(a), label(b)))
	})
	var out []string
	for _, f := range errors {
		out = append(out, fmt.Sprint(label(f), " | ", f.Method, " | ", f.Failures, " | ", f.Sessions))
	}
	return out
}

// The page lists all errors of the JSON report, the worst first.
func TestRows(t *testing.T) {
	for _, name := range []string{"weeks", "whole", "many"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := siteOf(t, name)
			b := open(t, s.file())
			shown := eval[table](b, `look.table(look.section("Errors").querySelector("table"))`)
			plain := strings.NewReplacer(",", "", "-", "0")
			var got []string
			for i, e := range shown.column("Error") {
				got = append(got, strings.Join([]string{e, shown.column("Method")[i],
					plain.Replace(shown.column("Failures")[i]), plain.Replace(shown.column("Sessions")[i])}, " | "))
			}
			want := jsonErrors(t, s)
			if len(want) < 4 {
				t.Fatalf("there are %d errors only", len(want))
			}
			for i := range max(len(got), len(want)) {
				if g, w := at(got, i), at(want, i); g != w {
					t.Errorf("row %d is %q, want %q", i, g, w)
				}
			}
		})
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "not there"
}

// TestMany checks that the large page is large.
func TestMany(t *testing.T) {
	t.Parallel()
	b := open(t, siteOf(t, "many").file())
	if n := len(eval[table](b, `look.table(look.section("Errors").querySelector("table"))`).Rows); n != namesOfMany {
		t.Errorf("%d errors, want %d", n, namesOfMany)
	}
	if n := eval[int](b, `look.all("table").map((t) => look.heads(t).filter((h) => /W4\d/.test(look.text(h))).length).reduce((a, b) => Math.max(a, b))`); n != windowsOfMany {
		t.Errorf("%d windows side by side, want %d", n, windowsOfMany)
	}
}

var (
	leading = regexp.MustCompile(`^([<+-]?\d[\d,]*(?:\.(\d+))?)(?: ([kMGT]?B))?(?:$| |%)`)
	units   = map[string]float64{"": 1, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
)

// amount returns the number at the start of a cell, and its largest rounding error: 1101 for
// "1,101", 20 for "20 of 1,101", -1.4 for "-1.4 to +0.3". An unknown value is less than any.
func amount(cell string) (value, rounded float64, ok bool) {
	if cell == "-" {
		return math.Inf(-1), 0, true
	}
	m := leading.FindStringSubmatch(cell)
	if m == nil {
		return 0, 0, false
	}
	value, err := strconv.ParseFloat(strings.NewReplacer(",", "", "+", "", "<", "").Replace(m[1]), 64)
	if err != nil {
		return 0, 0, false
	}
	rounded = math.Pow(10, -float64(len(m[2]))) / 2
	if strings.HasPrefix(cell, "<") {
		value, rounded = 0, 2*rounded
	}
	return value * units[m[3]], rounded * units[m[3]], true
}

func TestAmount(t *testing.T) {
	for cell, want := range map[string]float64{
		"64": 64, "1,101": 1101, "20 of 1,101": 20, "1.8%": 1.8, "-1.4": -1.4, "+5.4": 5.4, "-2.8 to -0.1": -2.8, "14.2 MB": 14.2e6, "79 B": 79, "<0.001": 0,
	} {
		if got, _, ok := amount(cell); !ok || got != want {
			t.Errorf("amount(%q) = %v, %v, want %v", cell, got, ok, want)
		}
	}
	for _, cell := range []string{"OT_TIMEOUT", "2026-11-16 10:49", "2026-W47", "", "3 windows?"[1:]} {
		if got, _, ok := amount(cell); ok {
			t.Errorf("amount(%q) = %v, want none", cell, got)
		}
	}
}

// inOrder describes the first two cells that are not sorted, "" if all are.
func inOrder(b *tab, cells []string, down bool) string {
	cells = slices.Clone(cells)
	if down {
		slices.Reverse(cells)
	}
	numbers := !slices.ContainsFunc(cells, func(c string) bool { _, _, ok := amount(c); return !ok })
	if !numbers {
		// As in an English dictionary.
		for i, ok := range eval[[]bool](b, quoted(cells)+`.map((c, i, all) => i === 0 || new Intl.Collator("en", { numeric: true }).compare(all[i - 1], c) <= 0)`) {
			if !ok {
				return fmt.Sprintf("%q is before %q", cells[i-1], cells[i])
			}
		}
		return ""
	}
	for i := 1; i < len(cells); i++ {
		x, roundedX, _ := amount(cells[i-1])
		y, roundedY, _ := amount(cells[i])
		if x-roundedX > y+roundedY {
			return fmt.Sprintf("%q is before %q", cells[i-1], cells[i])
		}
	}
	return ""
}

// Each head with a button sorts its table, and a second time in the other direction.
func TestSort(t *testing.T) {
	mouse := func(b *tab, button string) { b.click(button) }
	key := func(keys string) func(*tab, string) {
		return func(b *tab, button string) {
			eval[bool](b, button+".focus(), true")
			b.press(keys)
		}
	}
	for _, test := range []struct {
		page, name string
		of         string // tables
		press      func(*tab, string)
	}{
		{"weeks", "click", `look.all("table")`, mouse},
		{"diff", "click", `look.all("table")`, mouse},
		{"many", "click", `[look.section("Errors").querySelector("table")]`, mouse},
		{"weeks", "enter", `[look.section("Errors").querySelector("table")]`, key(kb.Enter)},
		{"weeks", "space", `[look.section("Errors").querySelector("table")]`, key(" ")},
	} {
		t.Run(test.page+" "+test.name, func(t *testing.T) {
			t.Parallel()
			b := open(t, siteOf(t, test.page).file())
			sorted := 0
			for i := range eval[int](b, test.of+".length") {
				table := fmt.Sprintf("%s[%d]", test.of, i)
				for column := range eval[int](b, "look.heads("+table+").length") {
					button := fmt.Sprintf(`look.heads(%s)[%d].querySelector("button")`, table, column)
					if eval[bool](b, "!"+button) {
						continue
					}
					sortBy(b, table, column, func() { test.press(b, button) })
					sorted++
				}
			}
			if sorted < 5 {
				t.Errorf("only %d heads sort", sorted)
			}
		})
	}
}

// sortBy clicks on the head of a column twice and checks the order of the rows.
func sortBy(b *tab, of string, column int, press func()) {
	b.Helper()
	before := eval[table](b, "look.table("+of+")")
	for range 2 {
		head := fmt.Sprintf("look.heads(%s)[%d]", of, column)
		was := eval[string](b, head+`.getAttribute("aria-sort") || ""`)
		press()
		b.until(head + `.getAttribute("aria-sort") !== ` + quoted(was))
		after := eval[table](b, "look.table("+of+")")
		for i, sort := range after.Sort {
			if (i == column) != (sort != "") {
				b.Errorf("%s by %q: head %d says it is sorted %q", of, after.Heads[column], i, sort)
			}
		}
		cells := after.at(column)
		if wrong := inOrder(b, cells, after.Sort[column] == "descending"); wrong != "" {
			b.Errorf("%s by %q, %s: %s", of, after.Heads[column], after.Sort[column], wrong)
		}
		if x, y := before.lines(), after.lines(); !slices.Equal(x, y) {
			b.Errorf("%s by %q has other rows than before", of, after.Heads[column])
		}
		if !slices.ContainsFunc(cells, func(c string) bool { return c != "" }) {
			b.Errorf("%s by %q: there is nothing to sort by", of, after.Heads[column])
		}
	}
}

// lines returns the rows in an order that does not depend on theirs.
func (t *table) lines() []string {
	var out []string
	for _, row := range t.Rows {
		out = append(out, strings.Join(row, " | "))
	}
	slices.Sort(out)
	return out
}

// Without its script, a page has everything except sorting and the filter, and no controls that
// do nothing.
func TestWithoutScript(t *testing.T) {
	for _, name := range []string{"weeks", "whole", "diff"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := siteOf(t, name).file()
			const read = `look.all("table").map((t) => look.table(t))`
			with := eval[[]table](open(t, file), read)
			b := blank(t)
			call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			b.visit(file)
			without := eval[[]table](b, read)
			if got, want := fmt.Sprint(without), fmt.Sprint(with); got != want {
				t.Errorf("without script the tables are\n%s\nwant\n%s", got, want)
			}
			if n := eval[int](b, `look.all("tr").filter((r) => !look.shown(r)).length`); n > 0 {
				t.Errorf("%d rows are hidden", n)
			}
			if dead := eval[[]string](b, `look.all("button, input, select, form, [onclick], [role=button]").map(look.text)`); len(dead) > 0 {
				t.Errorf("controls that do nothing: %q", dead)
			}
		})
	}
}

// The filter leaves the rows with all of its words, and the tables and sections that have such rows.
// It shows everything when it is cleared.
func TestFilter(t *testing.T) {
	t.Parallel()
	const all = `look.all("tbody tr")`
	b := open(t, siteOf(t, "weeks").file())
	for range eval[int](b, "look.controls().length") { // by keyboard, from the top
		b.press(kb.Tab)
		if eval[bool](b, `document.activeElement.matches("input")`) {
			break
		}
	}
	rows := eval[[]string](b, all+".map(look.text)")
	says := func() string { return eval[string](b, `look.text(document.querySelector("output, [role=status]"))`) }
	const hidden = `look.all("table, section, article, .drawing, nav a").filter((e) => !look.shown(e)).length`
	unseen := eval[int](b, hidden)
	for _, test := range []struct{ name, typed, clear string }{
		{"one word", "timeout", strings.Repeat(kb.Backspace, 7)},
		{"words in any order", "publish ot_", kb.Escape},
		{"capitals", "SESSION.connect", kb.Escape},
		{"nothing has it", "no such thing", kb.Escape},
		{"a number", "1,", kb.Backspace + kb.Backspace},
	} {
		b.run(test.name, func(b *tab) {
			var want []string
			for _, row := range rows {
				lacks := func(word string) bool { return !strings.Contains(strings.ToLower(row), word) }
				if !slices.ContainsFunc(strings.Fields(strings.ToLower(test.typed)), lacks) {
					want = append(want, row)
				}
			}
			b.press(test.typed)
			b.until(`document.activeElement.value === ` + quoted(test.typed))
			if got := eval[[]string](b, all+".filter(look.shown).map(look.text)"); !slices.Equal(got, want) {
				b.Errorf("rows with %q:\n%s\nwant\n%s", test.typed, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if got, want := says(), fmt.Sprintf("%d of %d rows", len(want), len(rows)); got != want {
				b.Errorf("it says %q, want %q", got, want)
			}
			// Tables and sections without a row are hidden, and the links to these sections.
			for _, empty := range eval[[]string](b, `look.all("main table, main section").filter((e) => look.shown(e) && e.querySelector("tbody tr") && !look.all("tbody tr, article", e).some(look.shown)).map(look.text)`) {
				b.Errorf("without any row this is shown: %.60s", empty)
			}
			if dead := eval[[]string](b, `look.all("nav a").filter((a) => look.shown(a) !== look.shown(document.querySelector(a.getAttribute("href")))).map(look.text)`); len(dead) > 0 {
				b.Errorf("links to what is hidden, or none to what is shown: %q", dead)
			}
			if len(want) == 0 && eval[bool](b, `look.shown(look.section("Errors"))`) {
				b.Error("a section without rows is shown")
			}
			b.press(test.clear)
			b.until(`document.activeElement.value === ""`)
			if n := eval[int](b, all+".filter(look.shown).length"); n != len(rows) {
				b.Errorf("cleared, %d of %d rows are shown", n, len(rows))
			}
			if n := eval[int](b, hidden); n != unseen {
				b.Errorf("cleared, %d elements are hidden, want %d", n, unseen)
			}
			if got := says(); got != "" {
				b.Errorf("cleared, it says %q", got)
			}
		})
	}
}
