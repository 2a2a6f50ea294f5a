//go:build !race

package aggregate

// tinyMost is the most bytes that a tiny input allocates.
const tinyMost = 48 << 10
