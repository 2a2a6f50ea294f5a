package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/otlog/otlog/internal/golden"
	"github.com/otlog/otlog/report/stats"
)

// trendOf returns a point for each pair of counts; the last is incomplete.
func trendOf(counts ...[2]int64) []Point {
	var points []Point
	for i, n := range counts {
		points = append(points, Point{fmt.Sprintf("2026-W%02d", 36+i), stats.NewRate(n[0], n[1]), i < len(counts)-1})
	}
	return points
}

func estimates() []Estimate {
	return []Estimate{
		{"OT_TIMEOUT · Session.publish", stats.NewRate(43, 409), stats.NewRate(12, 400), "worse"},
		{"OT_USER_MEDIA_ACCESS_DENIED · OT.initPublisher", stats.NewRate(63, 409), stats.NewRate(60, 400), ""},
		{"OT_CONSTRAINTS_NOT_SATISFIED · OT.initPublisher", stats.NewRate(39, 409), stats.NewRate(39, 409), ""},
		{"OT_SCREEN_SHARING_EXTENSION_NOT_REGISTERED · OT.initPublisher", stats.NewRate(9, 409), nil, ""},
		{"OT_NOT_CONNECTED · Session.signal", stats.NewRate(1, 409), stats.NewRate(22, 400), "better"},
		{"OT_CONNECT_FAILED · Session.connect", stats.NewRate(0, 409), stats.NewRate(2, 400), ""},
		{"any error · Session.connect", nil, stats.NewRate(2, 400), ""},
	}
}

func gaps(rows []Estimate) []Gap {
	var out []Gap
	for _, r := range rows {
		out = append(out, Gap{r.Label, stats.NewDifference(r.Before, r.After), r.Tone})
	}
	return out
}

func TestChartGoldens(t *testing.T) {
	points := trendOf([2]int64{31, 900}, [2]int64{28, 910}, [2]int64{0, 0}, [2]int64{40, 890}, [2]int64{0, 0},
		[2]int64{62, 905}, [2]int64{71, 900}, [2]int64{66, 907}, [2]int64{3, 40})
	c, err := Trend("Session.publish: sessions that failed", "Worst is 2026-W42 with 7.9%.", points)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "trend.svg", []byte(c))
	c, err = Estimates("Sessions that failed, by error", "Worst is 15.4%.", estimates(), Wide)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "estimates.svg", []byte(c))
	c, err = Differences("What changed", "Most is +7.5 points.", gaps(estimates()), Wide)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "differences.svg", []byte(c))
	c, err = Estimates("Sessions that failed, by error", "Worst is 15.4%.", estimates(), Narrow)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "estimates-narrow.svg", []byte(c))
}

// hostile returns labels that may come from outside.
func hostile() []string {
	return []string{
		"", " ", "<script>alert(1)</script>", `" onload="x`, "' style='x", "]]>", "<!--", "&amp;&#0;", "\x00\x1b[31m\n\r\t",
		"\xff\xfe", "\u202eabc\u2066", "\ufffe\uffff", strings.Repeat("W", 500), strings.Repeat("漢", 500), "%s %d", "NaN", "👩‍🚀",
	}
}

// edges returns charts of rare cases.
func edges() map[string]func() (string, error) {
	out := make(map[string]func() (string, error))
	trend := func(name string, points []Point) {
		out["trend of "+name] = func() (string, error) { return Trend(name, name, points) }
	}
	rows := func(name string, rows []Estimate) {
		for shape, which := range map[Shape]string{Wide: "wide", Narrow: "narrow"} {
			out[which+" estimates of "+name] = func() (string, error) { return Estimates(name, name, rows, shape) }
			out[which+" differences of "+name] = func() (string, error) { return Differences(name, name, gaps(rows), shape) }
		}
	}
	repeat := func(n int, part, whole int64) []Point { return trendOf(slices.Repeat([][2]int64{{part, whole}}, n)...) }
	for _, n := range []int{0, 1, 2, 3, 7, 8, 9, 10, 11, 12, 13, 21, 52, 168, 1000} {
		trend(strconv.Itoa(n), repeat(n, 5, 100))
		trend(strconv.Itoa(n)+" without a rate", repeat(n, 0, 0))
		trend(strconv.Itoa(n)+" of nothing", repeat(n, 0, 5000))
		trend(strconv.Itoa(n)+" of all", repeat(n, 7, 7))
		trend(strconv.Itoa(n)+" of few", repeat(n, 1, 10000))
		trend(strconv.Itoa(n)+" of very few", repeat(n, 1, math.MaxInt64))
	}
	trend("lone points", trendOf([2]int64{1, 9}, [2]int64{}, [2]int64{1, 9}, [2]int64{}, [2]int64{1, 9}))
	trend("few sessions", trendOf([2]int64{1, 900}, [2]int64{0, 3}, [2]int64{1, 900}, [2]int64{0, 2}))
	trend("many incomplete", []Point{{"a", stats.NewRate(1, 9), false}, {"b", stats.NewRate(2, 9), false}, {"c", stats.NewRate(2, 9), true}, {"d", stats.NewRate(2, 9), false}})
	rows("none", nil)
	rows("nothing known", []Estimate{{Label: "x"}})
	rows("nothing", []Estimate{{"x", stats.NewRate(0, 1000), stats.NewRate(0, 1000), "worse"}})
	rows("exactly nothing", []Estimate{{"x", &stats.Rate{}, &stats.Rate{}, ""}})
	rows("all", []Estimate{{"x", stats.NewRate(1000, 1000), stats.NewRate(0, 1000), "other"}, {"y", stats.NewRate(0, 1000), stats.NewRate(1000, 1000), ""}})
	rows("all, exactly", []Estimate{{"x", &stats.Rate{Value: 1, Low: 1, High: 1}, &stats.Rate{}, ""}, {"y", &stats.Rate{}, &stats.Rate{Value: 1, Low: 1, High: 1}, ""}})
	rows("few", []Estimate{{"x", stats.NewRate(1, 10000000), stats.NewRate(2, 10000000), "better"}})
	rows("many", slices.Repeat(estimates(), 5))
	for _, name := range hostile() {
		trend(name, []Point{{name, stats.NewRate(1, 9), true}, {"b", stats.NewRate(2, 9), true}, {name, stats.NewRate(2, 9), false}})
		rows(name, []Estimate{{name, stats.NewRate(1, 9), stats.NewRate(2, 9), Tone(name)}, {"b", stats.NewRate(1, 9), nil, ""}})
	}
	return out
}

// TestChartEdges checks that every chart is well-formed, has nothing that the policy of the page
// forbids, and stays inside the picture.
func TestChartEdges(t *testing.T) {
	words := regexp.MustCompile(`>[^<]*<`)
	numbers := regexp.MustCompile(`-?\d+(?:\.\d+)?`)
	coordinates := regexp.MustCompile(`^[MLAZ0-9. ]*$`)
	attributes := []string{"class", "role", "viewBox", "fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "text-anchor", "x", "y", "d"}
	classes := []string{"chart", "name", "ink", "grid", "paper", "series", "band", "before", "worse", "better"}
	for name, drawing := range edges() {
		c, err := drawing()
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		markup := words.ReplaceAllString(c, "><")
		for _, forbidden := range []string{"style", "href", "script", "id=", "xmlns", "url(", " on"} {
			if strings.Contains(markup, forbidden) {
				t.Errorf("%q has %q", name, forbidden)
			}
		}
		var parents []string
		var width, height float64
		for decoder := xml.NewDecoder(strings.NewReader(c)); ; {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Errorf("%q: %v\n%s", name, err, c)
				break
			}
			switch token := token.(type) {
			case xml.StartElement:
				parent := strings.Join(parents, "/")
				parents = append(parents, token.Name.Local)
				if parent == "" && token.Name.Local != "svg" || parent != "" && (parent != "svg" || !slices.Contains([]string{"title", "desc", "path", "text"}, token.Name.Local)) {
					t.Errorf("%q: <%s> in %q", name, token.Name.Local, parent)
				}
				for _, a := range token.Attr {
					if !slices.Contains(attributes, a.Name.Local) {
						t.Errorf("%q: the attribute %s=%q", name, a.Name.Local, a.Value)
					}
					if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") || regexp.MustCompile(`\.\d{3}`).MatchString(a.Value) {
						t.Errorf("%q: %s=%q", name, a.Name.Local, a.Value)
					}
					at := func(s string, most float64) {
						if v, err := strconv.ParseFloat(s, 64); err != nil || v < 0 || v > most {
							t.Errorf("%q: %s of %s=%q is outside", name, s, a.Name.Local, a.Value)
						}
					}
					switch a.Name.Local {
					case "class":
						if !slices.Contains(classes, a.Value) {
							t.Errorf("%q: the class %q", name, a.Value)
						}
					case "viewBox":
						if _, err := fmt.Sscanf(a.Value, "0 0 %f %f", &width, &height); err != nil {
							t.Errorf("%q: %v", name, err)
						}
					case "x":
						at(a.Value, width)
					case "y":
						at(a.Value, height)
					case "d":
						if !coordinates.MatchString(a.Value) {
							t.Errorf("%q: d=%q", name, a.Value)
						}
						found := numbers.FindAllString(regexp.MustCompile(`A\S+ \S+ 0 0 \d `).ReplaceAllString(a.Value, " "), -1)
						for i, s := range found {
							at(s, []float64{width, height}[i%2])
						}
					}
				}
			case xml.EndElement:
				parents = parents[:len(parents)-1]
			}
		}
		if again, err := drawing(); err != nil || again != c {
			t.Errorf("%q is not drawn the same again: %v", name, err)
		}
	}
}

// texts returns the texts of a class in a picture.
func texts(svg, class string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`<text class="`+class+`"[^>]*>([^<]*)</text>`).FindAllStringSubmatch(svg, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestChartWords(t *testing.T) {
	c, err := Trend("<T>", "A & B\x1b", trendOf([2]int64{0, 5000}, [2]int64{0, 5000}))
	if err != nil {
		t.Fatal(err)
	}
	if want := "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 290 140\">\n<title>&lt;T&gt;</title>\n<desc>A &amp; B\\u001b</desc>\n"; !strings.HasPrefix(c, want) {
		t.Errorf("%s\nwant first\n%s", c, want)
	}
	if got, want := texts(c, "ink"), []string{"2026-W36", "2026-W37", "0%", "0.5%", "1.0%"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	c, err = Trend("", "", nil)
	if got, want := texts(c, "ink"), []string{"nothing to show"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q and %v, want %q", got, err, want)
	}
	c, err = Estimates("", "", []Estimate{{Label: strings.Repeat("i", 61)}, {Label: strings.Repeat("i", 60)}, {Label: "<script>"}}, Wide)
	want := []string{strings.Repeat("i", 59) + "…", strings.Repeat("i", 60), "&lt;script&gt;"}
	if got := texts(c, "name"); err != nil || !slices.Equal(got, want) {
		t.Errorf("%q and %v, want %q", got, err, want)
	}
}

// TestWrap checks where labels above their marks break.
func TestWrap(t *testing.T) {
	for label, want := range map[string][]string{
		"":                             {""},
		"OT_TIMEOUT · Session.publish": {"OT_TIMEOUT · Session.publish"},
		"OT_USER_MEDIA_ACCESS_DENIED · OT.initPublisher":            {"OT_USER_MEDIA_ACCESS_DENIED", "OT.initPublisher"},
		"OT_UNEXPECTED_ERROR_CODE (undocumented) · Session.connect": {"OT_UNEXPECTED_ERROR_CODE", "(undocumented)", "Session.connect"},
		strings.Repeat("W", 100):                                    {strings.Repeat("W", 21) + "…"},
	} {
		if got := wrap(label); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", label, got, want)
		}
	}
}

func TestChartOfNoNumbers(t *testing.T) {
	bad := &stats.Rate{Value: math.NaN(), Low: 0, High: math.Inf(1)}
	if c, err := Trend("", "", []Point{{"a", bad, true}}); err == nil {
		t.Error(c)
	}
	if c, err := Estimates("", "", []Estimate{{Label: "a", After: bad}}, Wide); err == nil {
		t.Error(c)
	}
	if c, err := Differences("", "", []Gap{{Label: "a", Difference: &stats.Difference{High: math.Inf(1)}}}, Wide); err == nil {
		t.Error(c)
	}
}

func TestScale(t *testing.T) {
	for _, test := range []struct {
		low, high float64
		steps     int
		label     func(float64, int) string
		want      string
	}{
		{0, 1, 3, percentTick, "0%|50%|100%"},
		{0, 0.76, 3, percentTick, "0%|50%|100%"},
		{0, 0.75, 3, percentTick, "0%|25%|50%|75%"},
		{0, 0.3, 3, percentTick, "0%|10%|20%|30%"},
		{0, 0.07, 3, percentTick, "0%|2.5%|5.0%|7.5%"},
		{0, 0.01, 3, percentTick, "0%|0.5%|1.0%"},
		{0, 0.00012, 3, percentTick, "0%|0.005%|0.010%|0.015%"},
		{0, 1, 5, percentTick, "0%|20%|40%|60%|80%|100%"},
		{-0.058, 0.111, 6, pointsTick, "−10|−5|0|+5|+10|+15"},
		{-0.0004, 0, 6, pointsTick, "−0.04|−0.03|−0.02|−0.01|0"},
		{-1, 1, 6, pointsTick, "−100|−50|0|+50|+100"},
	} {
		axis := newScale(test.low, test.high, test.steps, test.label)
		var got []string
		for _, tick := range axis.ticks {
			got = append(got, tick.label)
		}
		if got := strings.Join(got, "|"); got != test.want {
			t.Errorf("%v to %v: %s, want %s", test.low, test.high, got, test.want)
		}
		if axis.low > test.low+1e-9 || axis.high < test.high-1e-9 {
			t.Errorf("%v to %v: the axis is from %v to %v", test.low, test.high, axis.low, axis.high)
		}
	}
}

func TestReach(t *testing.T) {
	for _, test := range []struct {
		name   string
		points []Point
		want   float64
	}{
		{"the largest interval", trendOf([2]int64{50, 1000}, [2]int64{60, 1000}, [2]int64{1, 1000}), stats.NewRate(60, 1000).High},
		{"not of an incomplete window", trendOf([2]int64{50, 1000}, [2]int64{1, 20}), stats.NewRate(50, 1000).High},
		{"but its rate", trendOf([2]int64{50, 1000}, [2]int64{19, 20}), 0.95},
		{"unless there is no other", trendOf([2]int64{300, 1000}), stats.NewRate(300, 1000).High},
		{"three times the largest rate", trendOf([2]int64{50, 1000}, [2]int64{0, 3}, [2]int64{1, 1000}), 0.15},
		{"nothing", trendOf([2]int64{0, 5000}, [2]int64{0, 5000}), leastRate},
		{"no rates", trendOf([2]int64{}), leastRate},
	} {
		if got := reach(test.points); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func BenchmarkTrendChart(b *testing.B) {
	points := trendOf(slices.Repeat([][2]int64{{5, 100}, {7, 120}}, 84)...)
	for b.Loop() {
		if _, err := Trend("T", "A", points); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEstimatesChart(b *testing.B) {
	rows := append(estimates(), estimates()[:5]...)
	for b.Loop() {
		if _, err := Estimates("T", "A", rows, Wide); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDifferencesChart(b *testing.B) {
	rows := gaps(append(estimates(), estimates()[:5]...))
	for b.Loop() {
		if _, err := Differences("T", "A", rows, Wide); err != nil {
			b.Fatal(err)
		}
	}
}
