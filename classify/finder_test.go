package classify

import (
	"regexp"
	"strings"
	"testing"
)

func TestFinderKnowsNames(t *testing.T) {
	tests := []struct {
		s    string
		want bool
	}{
		{"OT_TIMEOUT", true},
		{"PROXY_URL_ALREADY_SET_ERROR", true},
		{"OT_SOCKET_CLOSE_1006", true},
		{"OT_", false},
		{"TIMEOUT", false},
		{"OTErrorClass", false},
		{"OT_Timeout", false},
		{"OT_TIMEOUT ", false},
		{"OT-TIMEOUT", false},
		{"ot_timeout", false},
		{"NotAllowedError", false},
		{"", false},
	}
	var f Finder
	for _, test := range tests {
		got, sdk := f.IsName([]byte(test.s))
		if got != test.want || sdk != strings.HasPrefix(test.s, "OT_") {
			t.Errorf("%q: got %v, %v, want %v", test.s, got, sdk, test.want)
		}
	}
}

func TestFinderKnowsCodes(t *testing.T) {
	var f Finder
	for n, want := range map[int32]bool{0: false, 999: false, 1000: true, 1500: true, 5999: true, 6000: false, 15000: false} {
		if got := f.IsCode(n); got != want {
			t.Errorf("%d: got %v, want %v", n, got, want)
		}
	}
	tests := []struct {
		written string
		want    bool
	}{
		{`Error: token expired (1004)`, true},
		{`Error: token expired (1004)\n`, true},
		{`{\"code\":1500}`, true},
		{`call failed {\"errorCode\": \"1500\"}`, true},
		{`{\"a\":\"{\\\"code\\\":1500}\"}`, true},
		{`{\"code\":200,\"error_code\":1500}`, true},
		{`{\"code\":1500`, true},
		{`(1004)`, false},
		{`token expired (1004), sorry`, false},
		{`token expired (900)`, false},
		{`two devices (2)`, false},
		{`{\"code\":200}`, false},
		{`{\"node\":\"x\"}`, false},
		{`code: 1500\n`, false}, // not in JSON
		{``, false},
	}
	for _, test := range tests {
		if got := f.StatesCode([]byte(test.written)); got != test.want {
			t.Errorf("%s: got %v, want %v", test.written, got, test.want)
		}
	}
}

// TestHolds checks that Holds reports of a line what Next finds in it.
func TestHolds(t *testing.T) {
	lines := []string{"", "x\n", "OT_TIMEOUT\n", "_MX40\n", "a OT_ b\n", "Session.connect ::\n", "{\"code\":1500}\n", "PROXY_URL\n"}
	for _, p := range knownPhrases().phrases {
		lines = append(lines, p.Text, "x "+p.Text+" y\n", p.Text[1:]+"\n")
	}
	for _, line := range lines {
		var f Finder
		f.Reset([]byte(line))
		if got, want := f.Holds([]byte(line)), f.Next(0) >= 0; got != want {
			t.Errorf("%q: got %t, want %t", line, got, want)
		}
	}
}

// TestPhrasesAreInValues checks what the recognition of lines relies on: no phrase contains the end of a
// value.
func TestPhrasesAreInValues(t *testing.T) {
	value := regexp.MustCompile(`^: ?"([^"\\]+)"$`)
	code := regexp.MustCompile(`^\{"code": ?[1-9][0-9]{3},"mes$|^\{"code": [1-9][0-9]{3}, "mes$`)
	endOfValue := regexp.MustCompile(`[^\\]"(?:[^A-Za-z]|$)|\n`) // in JSON no letter follows it
	for _, p := range knownPhrases().phrases {
		if v := value.FindStringSubmatch(p.Text); v != nil {
			if !new(Finder).HoldsValue([]byte(v[1])) {
				t.Errorf("%q is no evidence", v[1])
			}
		} else if endOfValue.MatchString(p.Text) && !code.MatchString(p.Text) {
			t.Errorf("%q contains the end of a value", p.Text)
		}
	}
}
