package aggregate

import (
	"testing"
	"unsafe"
)

// TestEvidenceIsSmall holds what docs/architecture.md says of memory.
func TestEvidenceIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(evidence{}); n != 56 {
		t.Errorf("evidence takes %d bytes", n)
	}
}
