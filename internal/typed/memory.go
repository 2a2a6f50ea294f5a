// Package typed parses values of flags that people type in several ways.
package typed

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// minMemory is the minimum that Memory accepts: otlog cannot work with less.
const minMemory = 64 << 20

// Memory parses a number of bytes with a unit: 256MiB, 2GB, 1.5g.
func Memory(s string) (int64, error) {
	digits := strings.TrimRight(strings.ToLower(strings.TrimSpace(s)), "ib")
	scale := 1.0
	binary := strings.Contains(strings.ToLower(s), "i") || !strings.HasSuffix(strings.ToLower(s), "b")
	for i, unit := range []string{"k", "m", "g", "t"} {
		if number, ok := strings.CutSuffix(digits, unit); ok {
			base := 1000.0
			if binary {
				base = 1024
			}
			digits, scale = number, math.Pow(base, float64(i+1))
			break
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	switch {
	case err != nil || !(n > 0) || n*scale > math.MaxInt64/2:
		return 0, fmt.Errorf("%q is not an amount of memory: expected one like 256MiB or 2GB", s)
	case n*scale < minMemory && scale == 1:
		return 0, fmt.Errorf("%s bytes are too little: expected at least 64MiB", digits)
	case n*scale < minMemory:
		return 0, fmt.Errorf("%s is too little: expected at least 64MiB", s)
	}
	return int64(n * scale), nil
}
