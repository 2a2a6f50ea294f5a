//go:build race

package aggregate

// tinyMost is the most bytes that a tiny input allocates. The race detector drops what pools keep.
const tinyMost = 256 << 10
