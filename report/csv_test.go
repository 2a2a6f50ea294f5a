package report

import (
	"reflect"
	"testing"
)

func TestHarmless(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "",
		"OT_TIMEOUT":       "OT_TIMEOUT",
		"Session.publish":  "Session.publish",
		"=cmd|' /C calc'!": "'=cmd|' /C calc'!",
		"+1":               "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)",
		"\t=1": `\u0009=1`, "\r=1": `\u000d=1`, "\x1b[31m": `\u001b[31m`,
	} {
		if got := harmless(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestCellsStandBelowTheirHeads checks that a null object takes as many cells as any other.
func TestCellsStandBelowTheirHeads(t *testing.T) {
	rate := &jsonRate{0.5, 0.25, 0.75}
	for _, row := range []any{
		csvError{}, csvError{jsonError: jsonError{Codes: map[int32]int64{1500: 3, 1006: 1}}, SessionsSeen: new(int)},
		jsonMethod{}, jsonMethod{FailureRate: rate, SessionRate: &jsonSessionRate{*rate, AllSessions}},
		jsonChange{}, jsonChange{Before: &jsonShare{*rate, 1, 2, AllSessions}, Difference: rate},
	} {
		v := reflect.ValueOf(row)
		if heads, cells := headsOf(v.Type(), ""), cellsOf(v, nil); len(heads) != len(cells) {
			t.Errorf("%T: %d heads, %d cells: %q", row, len(heads), len(cells), cells)
		}
	}
}
