package catalogue_test

import (
	"testing"

	"github.com/otlog/otlog/classify/catalogue"
)

func TestNativeCodes(t *testing.T) {
	last := int32(0)
	for _, c := range catalogue.NativeCodes() {
		if c.Code <= last {
			t.Errorf("%d follows %d", c.Code, last)
		}
		last = c.Code
		if c.Same != (c.Meaning == "") {
			t.Errorf("%d: the same %v, meaning %q", c.Code, c.Same, c.Meaning)
		}
		if c.Same && catalogue.LookupCode(c.Code) == nil {
			t.Errorf("%d means what the JavaScript SDK does not have", c.Code)
		}
		if got := catalogue.LookupNative(c.Code); got == nil || *got != c {
			t.Errorf("%d: got %+v", c.Code, got)
		}
	}
	for _, code := range []int32{0, 1001, 1501, 1553, 9999} {
		if got := catalogue.LookupNative(code); got != nil {
			t.Errorf("%d: got %+v", code, got)
		}
	}
	// The JavaScript SDK has these numbers, too; 1021 is only a title there.
	for _, code := range []int32{1015, 1021, 1500, 1503, 4000} {
		if c := catalogue.LookupNative(code); c == nil || c.Same || catalogue.LookupCode(code) == nil {
			t.Errorf("%d: got %+v, want another meaning", code, c)
		}
	}
	for _, code := range []int32{1020, 1022, 1023, 1112, 1113, 1541, 1542, 1610} {
		if c := catalogue.LookupNative(code); c == nil || c.Same || catalogue.LookupCode(code) != nil {
			t.Errorf("%d: got %+v, want a code of native SDKs only", code, c)
		}
	}
}
