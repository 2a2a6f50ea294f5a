package unpack_test

import (
	"bytes"
	"encoding/base64"
	"testing"

	"github.com/klauspost/compress/zip"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/unpack"
)

// FuzzOpen checks for any bytes that opening and reading them ends without panic, within a
// bound, and accounts for every decoded byte.
func FuzzOpen(f *testing.F) {
	t := &testing.T{}
	log := logOf(20)
	files := []file{{"a.log", log}, {"b.log.gz", gzipped(t, log)}}
	for _, seed := range [][]byte{
		log, {}, gzipped(t, log), zstded(t, log), lz4ed(t, log), skippable("x"),
		tarred(t, files...), gzipped(t, tarred(t, files...)), zipped(t, zip.Deflate, files...), zipped(t, zip.Store, files...),
		[]byte("\xff\xfea\x00\n\x00"), []byte("\xfe\xff\x00a\x00\n"), []byte("a\rb\r"),
		[]byte("From a Tue Nov  3\nTo: b\nContent-Type: text/plain\n\nx\n\nFrom a Tue Nov  3\nTo: b\n\ny\n"),
		[]byte("--x\nContent-Transfer-Encoding: base64\n\nYWFh\n--x--\n"),
		[]byte(base64.StdEncoding.EncodeToString(log)), uuencoded(log),
	} {
		f.Add(seed)
	}
	for _, name := range []string{"log.bz2", "log.xz"} {
		f.Add(stored(t, name))
	}
	unpack.SetExpansionFloor(1 << 20)
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1000
		var all int64
		for in, err := range inputs(stream(bytes.NewReader(data)), parse.Options{MaxExpansion: limit}) {
			if err != nil {
				continue
			}
			got, skipped, _ := drain(in)
			if int64(len(got))+skipped != in.Decoded() {
				t.Errorf("%s: %d bytes in lines and %d skipped of %d", in.Name, len(got), skipped, in.Decoded())
			}
			all += in.Decoded()
		}
		// Conversion makes at most three bytes of two, and a read may exceed the limit.
		if bound := 2*max(1<<20, limit*int64(len(data))) + 16*parse.MaxRecord; all > bound {
			t.Errorf("%d bytes became %d", len(data), all)
		}
	})
}
