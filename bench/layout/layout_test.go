package layout

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	stdgzip "compress/gzip"

	"github.com/klauspost/compress/zstd"
)

// stored returns text in a layout, written in pieces of odd sizes.
func stored(t *testing.T, l Layout, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, l)
	if err != nil {
		t.Fatal(err)
	}
	for rest := text; len(rest) > 0; {
		n := min(len(rest), 77_777)
		if _, err := w.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lines returns n bytes of lines that do not compress to nothing.
func lines(n int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, `{"n":%d,"square":%d,"text":"%x"}`+"\n", i, i*i, i*2654435761)
	}
	return b.Bytes()
}

func unpacked(t *testing.T, l Layout, data []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(data)
	switch l.Ext() {
	case ".zst":
		z, err := zstd.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		r = z
	case ".gz":
		z, err := stdgzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", l, err)
	}
	return text
}

func TestRoundTrip(t *testing.T) {
	for _, l := range All {
		for _, size := range []int{0, 1, 100, blockSize, 1_000_000} {
			text := lines(size)
			if size > 0 {
				text = text[:size]
			}
			if got := unpacked(t, l, stored(t, l, text)); !bytes.Equal(got, text) {
				t.Errorf("%s: %d bytes came back as %d", l, len(text), len(got))
			}
		}
	}
	if _, err := NewWriter(io.Discard, "xz"); err == nil {
		t.Error("an unknown layout was accepted")
	}
}

// TestFrames checks that frames end at the end of a line, and have at most 8 MiB of text.
func TestFrames(t *testing.T) {
	text := lines(20_000_000)
	data := stored(t, ZstFrames, text)
	const magic = "\x28\xb5\x2f\xfd"
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var all []byte
	frames := 0
	for len(data) > 0 {
		// The magic number may occur within a frame too, so the frame is the shortest that decodes.
		for end := 0; ; {
			next := strings.Index(string(data[end+1:]), magic)
			if next < 0 {
				end = len(data)
			} else {
				end += 1 + next
			}
			part, err := z.DecodeAll(data[:end], nil)
			if err != nil {
				if end < len(data) {
					continue
				}
				t.Fatal(err)
			}
			if len(part) > frameSize || part[len(part)-1] != '\n' {
				t.Errorf("a frame has %d bytes and ends with %q", len(part), part[len(part)-1:])
			}
			all, data, frames = append(all, part...), data[end:], frames+1
			break
		}
	}
	if frames != 3 || !bytes.Equal(all, text) {
		t.Errorf("%d frames have %d bytes, want 3 and %d", frames, len(all), len(text))
	}
}

// TestBlocks follows the sizes in the extra fields from block to block.
func TestBlocks(t *testing.T) {
	text := lines(1_000_000)
	data := stored(t, Bgzf, text)
	blocks := 0
	for len(data) > 0 {
		if string(data[:4]) != "\x1f\x8b\x08\x04" || string(data[10:16]) != "\x06\x00BC\x02\x00" {
			t.Fatalf("block %d begins with %q", blocks, data[:18])
		}
		size := int(binary.LittleEndian.Uint16(data[16:])) + 1
		if size == len(data) && string(data) != endOfBgzf {
			t.Errorf("the file ends with %q", data)
		}
		data = data[size:]
		blocks++
	}
	if want := (len(text)+blockSize-1)/blockSize + 1; blocks != want {
		t.Errorf("%d blocks, want %d", blocks, want)
	}
}
