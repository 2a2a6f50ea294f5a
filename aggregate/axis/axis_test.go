package axis

import (
	"testing"

	"github.com/otlog/otlog/classify/catalogue"
)

// TestFlags packs all combinations, and reads each part back.
func TestFlags(t *testing.T) {
	seen := map[Flags]bool{}
	for _, a := range All {
		for reason := range catalogue.ReasonID(32) {
			for _, late := range []bool{false, true} {
				f := New(a, reason, late)
				if f.Axis() != a || f.Reason() != reason || f.Late() != late || f.WithoutReason() != New(a, 0, late) {
					t.Errorf("%s, %d, %v: got %s, %d, %v", a, reason, late, f.Axis(), f.Reason(), f.Late())
				}
				seen[f] = true
			}
		}
	}
	if len(seen) != 3*32*2 {
		t.Errorf("%d different flags", len(seen))
	}
}
