package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// leastMemory is how much memory otlog needs to work at all.
const leastMemory = 64 << 20

// parseMemory reads a number of bytes with a unit: 256MiB, 2GB, 1.5g.
func parseMemory(s string) (int64, error) {
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
	case n*scale < leastMemory:
		return 0, fmt.Errorf("%s is too little: expected at least 64MiB", s)
	}
	return int64(n * scale), nil
}
