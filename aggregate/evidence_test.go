package aggregate

import (
	"testing"
	"unsafe"
)

// TestEvidenceIsSmall checks the size that docs/architecture.md states.
func TestEvidenceIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(kept{}); n != 72 {
		t.Errorf("evidence takes %d bytes", n)
	}
}
