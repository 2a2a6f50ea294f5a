package rows

import (
	"bytes"
	"io"
	"testing"

	"github.com/otlog/otlog/aggregate"
	_ "github.com/otlog/otlog/internal/testgc"
)

// print returns what is written.
func print(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func window(t *testing.T, s string) aggregate.Window {
	t.Helper()
	w, err := aggregate.ParseWindow(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}
