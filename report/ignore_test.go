package report_test

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
)

func TestParseIgnore(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"# OT_TIMEOUT\n\n \t# x\r\n":       "",
		"ot_timeout":                       "1 OT_TIMEOUT",
		"\ufeffOT_TIMEOUT\r\n":             "1 OT_TIMEOUT",
		"\nOT_TIMEOUT publish":             "2 OT_TIMEOUT Session.publish",
		"OT_TIMEOUT session.PUBLISH#a # b": `1 OT_TIMEOUT Session.publish: a # b`,
		"OT_TIMEOUT *  until 2026-12-31":   "1 OT_TIMEOUT until 2026-12-31",
		"ot_x Foo.bar UNTIL 2026-12-31 #":  "1 OT_X Foo.bar until 2026-12-31",
		"1500 unknown # \x1b[31m":          "1 1500 unknown: \x1b[31m",
		"0009":                             "1 9",
	} {
		r := reporttest.OfTestdata(t, "logs", report.Options{Ignore: reporttest.Ignore(t, text)})
		var got []string
		for _, l := range r.Ignored {
			s := fmt.Sprintf("%d %s", l.Number, &l)
			if l.Why != "" {
				s += ": " + l.Why
			}
			got = append(got, s)
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"OT_TIMEOUT\nOT_X publish 3":  `known.txt:2: "3" is unexpected: `,
		"\x1b[31m":                    `known.txt:1: "\x1b[31m" is not an error name or code: `,
		"publish/OT_TIMEOUT":          "hint: write OT_TIMEOUT Session.publish",
		"OT_TIMEOUT publsh":           "hint: did you mean Session.publish?",
		"publish OT_TIMEOUT":          "hint: write OT_TIMEOUT Session.publish",
		"OT_TIMEOUT until":            "until needs a date",
		"OT_TIMEOUT until 2026-02-30": `"2026-02-30" is not a date`,
		"0":                           `"0" is not an error code`,
		"99999999999":                 `"99999999999" is not an error code`,
		strings.Repeat("x", 1<<17):    "known.txt:1: the line is too long",
	} {
		if _, err := report.ParseIgnore("known.txt", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: got %v, want %s", text, err, want)
		}
	}
}

// TestAcknowledgingChangesNoNumber checks that acknowledging errors changes no number.
func TestAcknowledgingChangesNoNumber(t *testing.T) {
	list := reporttest.Ignore(t, "OT_USER_MEDIA_ACCESS_DENIED # people say no\nOT_NOT_CONNECTED Session.signal\nOT_NOT_SUPPORTED Session.signal\n")
	o := report.Options{Window: reporttest.Window(t, "1w"), By: report.BySDK}
	plain := reporttest.OfTestdata(t, "logs", o)
	o.Ignore = list
	r := reporttest.OfTestdata(t, "logs", o)
	if len(r.Warnings) != len(plain.Warnings) {
		t.Errorf("there are other warnings: %q", r.Warnings)
	}
	for _, parts := range [][2]*report.Numbers{{&r.Numbers, &plain.Numbers}, {&r.Breakdowns[0].Groups[0].Numbers, &plain.Breakdowns[0].Groups[0].Numbers}} {
		n := 0
		for i, e := range parts[0].Errors {
			of := e.Name == "OT_USER_MEDIA_ACCESS_DENIED" || e.Name == "OT_NOT_CONNECTED" && e.Method == "Session.signal"
			if e.Acknowledged != of || e.Reason != "" && e.Reason != "people say no" {
				t.Errorf("%s in %s: acknowledged is %v, %q", e.Name, e.Method, e.Acknowledged, e.Reason)
			}
			if e.Acknowledged {
				n++
			}
			e.Acknowledged, e.Reason = false, ""
			if !reflect.DeepEqual(e, parts[1].Errors[i]) {
				t.Errorf("got %+v, want %+v", e, parts[1].Errors[i])
			}
		}
		if n == 0 {
			t.Error("nothing is acknowledged")
		}
		if !reflect.DeepEqual(parts[0].Methods, parts[1].Methods) || !reflect.DeepEqual(parts[0].Totals, parts[1].Totals) {
			t.Error("methods or totals are others")
		}
	}
	if matched := []bool{r.Ignored[0].Matched, r.Ignored[1].Matched, r.Ignored[2].Matched}; !slices.Equal(matched, []bool{true, true, false}) {
		t.Errorf("matched are %v", matched)
	}
	without := func(r *report.Report) []byte {
		out := reporttest.Print(t, func(w io.Writer) error { return report.WriteJSON(w, r) })
		out = regexp.MustCompile(`"headline": .*`).ReplaceAll(out, nil) // it leaves out what is acknowledged
		return bytes.ReplaceAll(out, []byte(",\n      \"acknowledged\": true"), nil)
	}
	if got, want := without(r), without(plain); !bytes.Equal(got, want) {
		t.Errorf("JSON differs in more than what is acknowledged: %d and %d bytes", len(got), len(want))
	}
}

func FuzzParseIgnore(f *testing.F) {
	for _, s := range []string{"OT_TIMEOUT", "1500 * until 2026-12-31 # x", "OT_X Foo.bar", "\ufeff# x\n\n9", "publish/OT_X", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := report.ParseIgnore("known.txt", strings.NewReader(s)); err != nil && !strings.HasPrefix(err.Error(), "known.txt:") {
			t.Fatalf("%q: %v", s, err)
		}
	})
}
