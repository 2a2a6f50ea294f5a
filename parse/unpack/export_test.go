package unpack

import "github.com/otlog/otlog/parse/unpack/window"

// What tests of whole sources need to know.
const (
	MaxWindow = window.Most
	TarBlock  = tarBlock
	ZipZstd   = zipZstd
	ZipBzip2  = zipBzip2
	ZipXz     = zipXz
)

// SetExpansionFloor replaces the number of bytes that any source may unpack to, and returns
// the former one.
func SetExpansionFloor(n int64) int64 {
	before := expansionFloor
	expansionFloor = n
	return before
}
