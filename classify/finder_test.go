package classify

import (
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
