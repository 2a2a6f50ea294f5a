// Package damage damages files as disks, networks and programs do, for tests. What a [Fault] does
// depends only on its random numbers.
package damage

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// A Fault is a way to damage a file.
type Fault struct {
	Name string

	// Do returns a damaged copy of a file that is not empty, and the number of bytes at its start that
	// are still as they were. other is another file.
	Do func(r *rand.Rand, file, other []byte) (damaged []byte, whole int)
}

// Faults lists the faults.
func Faults() []Fault {
	return []Fault{
		{"cut", cut},
		{"bits flipped", flip},
		{"bytes overwritten", overwrite},
		{"bytes inserted", insert},
		{"bytes removed", remove},
		{"block of NUL", zero},
		{"blocks swapped", swap},
		{"block repeated", repeat},
		{"size altered", resize},
		{"two files joined", join},
		{"start missing", behead},
		{"line ends changed", lineEnds},
	}
}

func cut(r *rand.Rand, file, _ []byte) ([]byte, int) {
	n := r.IntN(len(file))
	if r.IntN(4) == 0 { // near the end, where archives have their directories
		n = len(file) - 1 - r.IntN(min(len(file), 64))
	}
	return slices.Clone(file[:n]), n
}

func flip(r *rand.Rand, file, _ []byte) ([]byte, int) {
	out, first := slices.Clone(file), len(file)
	for range 1 + r.IntN(3) {
		at := r.IntN(len(out))
		out[at] ^= 1 << r.IntN(8)
		first = min(first, at)
	}
	return out, first
}

func overwrite(r *rand.Rand, file, _ []byte) ([]byte, int) {
	out := slices.Clone(file)
	from, to := span(r, len(out))
	for i := from; i < to; i++ {
		out[i] = byte(r.Uint32())
	}
	return out, from
}

func insert(r *rand.Rand, file, _ []byte) ([]byte, int) {
	at := r.IntN(len(file) + 1)
	added := make([]byte, 1+r.IntN(40))
	for i := range added {
		added[i] = byte(r.Uint32())
	}
	if r.IntN(3) == 0 {
		added = []byte(tokens[r.IntN(len(tokens))])
	}
	return slices.Concat(file[:at], added, file[at:]), at
}

// tokens mean something in one format or another.
var tokens = []string{"\n", "\r\n", "\x00", `"`, `\`, "{", "}", "[", "]", ",", "\xef\xbb\xbf", "\xff\xfe", "<!--", "]]>", "---\n", "\x1f\x8b\x08", "PK\x05\x06", "PK\x03\x04", "\x28\xb5\x2f\xfd", "From x\n"}

func remove(r *rand.Rand, file, _ []byte) ([]byte, int) {
	from, to := span(r, len(file))
	return slices.Concat(file[:from], file[to:]), from
}

func zero(r *rand.Rand, file, _ []byte) ([]byte, int) {
	out := slices.Clone(file)
	from, to := span(r, len(out))
	if r.IntN(2) == 0 { // a block of a disk
		size := min(512, len(out))
		from = r.IntN(len(out)) / size * size
		to = min(from+size, len(out))
	}
	clear(out[from:to])
	return out, from
}

func swap(r *rand.Rand, file, _ []byte) ([]byte, int) {
	size := 1 + r.IntN(min(512, (len(file)+1)/2))
	blocks := len(file) / size
	out := slices.Clone(file)
	if blocks < 2 {
		slices.Reverse(out)
		return out, 0
	}
	a, b := r.IntN(blocks)*size, r.IntN(blocks)*size
	copy(out[a:a+size], file[b:b+size])
	copy(out[b:b+size], file[a:a+size])
	return out, min(a, b)
}

func repeat(r *rand.Rand, file, _ []byte) ([]byte, int) {
	from, to := span(r, len(file))
	return slices.Concat(file[:to], file[from:to], file[to:]), to
}

// resize writes a number over 1, 2, 4 or 8 bytes, most often near the start or the end, where headers are.
func resize(r *rand.Rand, file, _ []byte) ([]byte, int) {
	out := slices.Clone(file)
	var at int
	switch near := min(len(out), 64); r.IntN(3) {
	case 0:
		at = r.IntN(near)
	case 1:
		at = len(out) - 1 - r.IntN(near)
	default:
		at = r.IntN(len(out))
	}
	numbers := []uint64{0, 1, 0x7f, 0xff, 0xffff, 0x7fffffff, 0xffffffff, 1 << 40, 1<<63 - 1, 1<<64 - 1, uint64(len(file)), r.Uint64()}
	var number [8]byte
	if r.IntN(2) == 0 {
		binary.LittleEndian.PutUint64(number[:], numbers[r.IntN(len(numbers))])
		copy(out[at:], number[:1<<r.IntN(4)])
	} else {
		binary.BigEndian.PutUint64(number[:], numbers[r.IntN(len(numbers))])
		copy(out[at:], number[8-1<<r.IntN(4):])
	}
	return out, at
}

func join(r *rand.Rand, file, other []byte) ([]byte, int) {
	if r.IntN(2) == 0 {
		n := r.IntN(len(file))
		return slices.Concat(file[:n], other), n
	}
	return slices.Concat(file, other), len(file)
}

func behead(r *rand.Rand, file, _ []byte) ([]byte, int) {
	return slices.Clone(file[1+r.IntN(len(file)):]), 0
}

// lineEnds changes line feeds as transfers in text mode do.
func lineEnds(r *rand.Rand, file, _ []byte) ([]byte, int) {
	out := make([]byte, 0, len(file)+64)
	first, how, share := -1, r.IntN(3), 1+r.IntN(4)
	for i, b := range file {
		if b != '\n' || r.IntN(share) > 0 {
			out = append(out, b)
			continue
		}
		if first < 0 {
			first = i
		}
		switch how {
		case 0:
			out = append(out, "\r\n"...)
		case 1:
			out = append(out, '\r')
		}
	}
	if first < 0 {
		first = len(file)
	}
	return out, first
}

// span returns a range of at least one byte, short more often than long.
func span(r *rand.Rand, n int) (from, to int) {
	from = r.IntN(n)
	most := n - from
	if r.IntN(3) > 0 {
		most = min(most, 64)
	}
	return from, from + 1 + r.IntN(most)
}
