package unpack_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zip"

	"github.com/otlog/otlog/parse"
)

// A zip that lists one member many times is read once, and the others are refused together.
func TestOverlappingMembersAreRefused(t *testing.T) {
	log := logOf(100)
	data := zipped(t, zip.Deflate, file{"a.log", log}, file{"b.log", log})
	end := bytes.LastIndex(data, []byte("PK\x05\x06"))
	from := int(binary.LittleEndian.Uint32(data[end+16:]))
	directory, tail := data[from:end], bytes.Clone(data[end:])
	const copies = 1000
	bomb := bytes.Clone(data[:from])
	for range copies {
		bomb = append(bomb, directory...)
	}
	binary.LittleEndian.PutUint16(tail[8:], 2*copies)
	binary.LittleEndian.PutUint16(tail[10:], 2*copies)
	binary.LittleEndian.PutUint32(tail[12:], uint32(copies*len(directory)))
	bomb = append(bomb, tail...)

	p := filepath.Join(t.TempDir(), "bomb.zip")
	if err := os.WriteFile(p, bomb, 0o666); err != nil {
		t.Fatal(err)
	}
	read, failed := 0, 0
	for in, err := range inputs(parse.Source{Path: p}, parse.Options{}) {
		if err != nil {
			failed++
			if !strings.Contains(err.Error(), "1998 members contain bytes of others") || !strings.Contains(err.Error(), "near byte ") || in.Name != p {
				t.Errorf("%s: %v", in.Name, err)
			}
			continue
		}
		got, _, err := drain(in)
		if read++; err != nil || !bytes.Equal(got, log) {
			t.Errorf("%s: %d bytes, %v", in.Name, len(got), err)
		}
	}
	if read != 2 || failed != 1 {
		t.Errorf("%d members and %d errors", read, failed)
	}
}
