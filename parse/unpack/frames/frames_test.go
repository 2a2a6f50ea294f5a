package frames_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/otlog/otlog/parse/unpack/frames"
)

// frame returns a zstd frame with a checksum. EncodeAll states the size of the text.
func frame(t testing.TB, text []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(true), zstd.WithZeroFrames(true))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(text, nil)
}

// member returns a gzip member as bgzip writes it.
func member(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Extra = []byte("BC\x02\x00??")
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out := b.Bytes()
	binary.LittleEndian.PutUint16(out[16:], uint16(len(out)-1))
	return out
}

// skippable returns a frame that decoders skip.
func skippable(n int) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte("\x50\x2a\x4d\x18"), uint32(n)), make([]byte, n)...)
}

// packings are how tests pack a part of a text, and how large it may be.
var packings = map[string]struct {
	pack func(testing.TB, []byte) []byte
	most int
}{
	"zstd": {frame, 3 << 20},
	"gzip": {member, 60_000},
}

// random returns a text that compresses, but not to nothing.
func random(r *rand.Rand, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = "abc \n"[r.IntN(5)]
	}
	return out
}

// packed returns a text of several units, and the file.
func packed(t testing.TB, r *rand.Rand, packing string, size int) (text, file []byte) {
	t.Helper()
	p := packings[packing]
	for len(text) < size {
		part := random(r, r.IntN(min(p.most, size)))
		if r.IntN(8) == 0 {
			part = nil
		}
		if packing == "zstd" && r.IntN(4) == 0 {
			file = append(file, skippable(r.IntN(100))...)
		}
		text, file = append(text, part...), append(file, p.pack(t, part)...)
	}
	return text, file
}

// TestAnyOffset reads texts from random offsets.
func TestAnyOffset(t *testing.T) {
	for packing := range packings {
		for seed := range uint64(5) {
			r := rand.New(rand.NewPCG(seed, 3))
			text, file := packed(t, r, packing, 5<<20)
			f := frames.Of(bytes.NewReader(file), int64(len(file)), packing, 0)
			if f == nil || f.Size() != int64(len(text)) {
				t.Fatalf("%s, seed %d: the file is not read: %v", packing, seed, f)
			}
			for range 300 {
				from := r.IntN(len(text) + 1)
				got := make([]byte, r.IntN(1<<r.IntN(22)))
				n, err := f.ReadAt(got, int64(from))
				want := text[from:min(from+len(got), len(text))]
				if !bytes.Equal(got[:n], want) || (err == io.EOF) != (n < len(got)) || err != nil && err != io.EOF {
					t.Fatalf("%s, seed %d: %d bytes at %d: got %d, %v", packing, seed, len(got), from, n, err)
				}
			}
		}
	}
}

// TestNotDivided checks that files whose order matters are not read from any offset.
func TestNotDivided(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	big := random(r, 2<<20)
	two := func(a, b []byte) []byte { return append(bytes.Clone(a), b...) }
	var stream bytes.Buffer // states no size
	w, err := zstd.NewWriter(&stream)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(big); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var plain bytes.Buffer
	z := gzip.NewWriter(&plain)
	if _, err := z.Write(big); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	one := frame(t, big)
	_, members := packed(t, r, "gzip", 3<<20)
	zeros := frame(t, make([]byte, 2<<20))
	for _, test := range []struct {
		name, packing string
		file          []byte
		expansion     int64
	}{
		{"nothing", "zstd", nil, 0},
		{"one frame", "zstd", one, 0},
		{"a frame without its size", "zstd", two(one, stream.Bytes()), 0},
		{"a frame that is too large", "zstd", two(one, frame(t, make([]byte, 17<<20))), 0},
		{"a truncated frame", "zstd", two(one, one[:len(one)-1]), 0},
		{"garbage after the end", "zstd", two(two(one, one), []byte("garbage")), 0},
		{"frames that expand too much", "zstd", two(zeros, zeros), 100},
		{"plain gzip", "gzip", two(plain.Bytes(), plain.Bytes()), 0},
		{"plain gzip after bgzip", "gzip", two(members, plain.Bytes()), 0},
		{"a truncated member", "gzip", members[:len(members)-3], 0},
		{"another packing", "xz", two(one, one), 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if f := frames.Of(bytes.NewReader(test.file), int64(len(test.file)), test.packing, test.expansion); f != nil {
				t.Errorf("the file is divided, into a text of %d bytes", f.Size())
			}
		})
	}
	if frames.Of(bytes.NewReader(two(zeros, zeros)), int64(2*len(zeros)), "zstd", 0) == nil {
		t.Error("frames that expand much are not divided without a limit")
	}
}

// TestDamageIsNeverAnotherText changes each of many bytes: the file is not divided, or reading it fails, or the
// text is the same.
func TestDamageIsNeverAnotherText(t *testing.T) {
	for packing := range packings {
		r := rand.New(rand.NewPCG(7, 7))
		text, file := packed(t, r, packing, 2<<20)
		for range 3 {
			more, part := packed(t, r, packing, 1<<20)
			text, file = append(text, more...), append(file, part...)
		}
		outcomes := map[string]int{}
		for range 300 {
			broken := bytes.Clone(file)
			at := r.IntN(len(broken))
			if r.IntN(2) == 0 {
				at = min(at, r.IntN(40)) // a header
			}
			broken[at] ^= 1 << r.IntN(8)
			f := frames.Of(bytes.NewReader(broken), int64(len(broken)), packing, 0)
			if f == nil {
				outcomes["not divided"]++
				continue
			}
			got := make([]byte, f.Size())
			switch _, err := f.ReadAt(got, 0); {
			case err != nil:
				outcomes["an error"]++
			case bytes.Equal(got, text):
				outcomes["the same text"]++
			default:
				t.Fatalf("%s: byte %d: another text", packing, at)
			}
		}
		if outcomes["an error"] < 50 {
			t.Errorf("%s: %v: the test finds no damage", packing, outcomes)
		}
	}
}

// FuzzOf reads arbitrary files. The memory that they ask for is bounded by what their headers may say.
func FuzzOf(f *testing.F) {
	r := rand.New(rand.NewPCG(2, 2))
	for packing := range packings {
		_, file := packed(f, r, packing, 100_000)
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		for packing := range packings {
			text := frames.Of(bytes.NewReader(file), int64(len(file)), packing, 20_000)
			if text == nil {
				continue
			}
			n, err := io.Copy(io.Discard, io.NewSectionReader(text, 0, text.Size()))
			if err == nil && n != text.Size() {
				t.Error(fmt.Errorf("%d of %d bytes", n, text.Size()))
			}
		}
	})
}
