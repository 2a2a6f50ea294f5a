package aggregate

import (
	"testing"
	"unsafe"
)

// TestEvidenceIsSmall holds what docs/architecture.md says of memory.
func TestEvidenceIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(kept{}); n != 72 {
		t.Errorf("evidence takes %d bytes", n)
	}
}
