package crowd

import (
	"strings"
	"testing"
)

// TestIs checks that a record with errors of several sessions is refused, but not one of a single
// failure that names two sessions.
func TestIs(t *testing.T) {
	const a, b = "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B", "2_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B"
	for _, test := range []struct {
		name, record string
		want         bool
	}{
		{"the session after each error", "OT_TIMEOUT: x {A} 10:44:25 OT_CONNECT_FAILED: y {B}", true},
		{"the session before each error", "{A} OT_TIMEOUT: x 10:44:25 {B} OT_TIMEOUT: x", true},
		{"a name and an exception", `[["{A}","OT.exception :: title: x (1500)"],["{B}","OT_TIMEOUT: x"]]`, true},
		{"lines between", "{A} joining\\n{A} OT_TIMEOUT: x\\n{A} leaving\\n{B} joining\\n{B} OT_TIMEOUT: x", true},
		{"one session", "{A} OT_TIMEOUT: x {A} OT_TIMEOUT: x {A}", false},
		{"one error between sessions", "left {A}: OT_TIMEOUT: x, joining {B}", false},
		{"one failure that names two sessions", `{"message":"OT_TIMEOUT: x","from":"{A}","to":"{B}","error":{"name":"OT_TIMEOUT"}}`, false},
		{"one session fails, another does not", "{A} OT_TIMEOUT: x {A} OT_TIMEOUT: x {B} connected", false},
		{"short", "OT_A {A} OT_B {B}", false},
		{"no session", "OT_TIMEOUT: x OT_TIMEOUT: x", false},
	} {
		record := strings.NewReplacer("{A}", a, "{B}", b).Replace(test.record)
		if test.name != "short" {
			record += strings.Repeat(" ", Least)
		}
		if got := Is([]byte(record)); got != test.want {
			t.Errorf("%s: got %t", test.name, got)
		}
	}
}
