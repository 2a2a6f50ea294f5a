package rows

import (
	"bytes"
	"io"
	"testing"

	"github.com/otlog/otlog/aggregate/calendar"
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

func window(t *testing.T, s string) calendar.Window {
	t.Helper()
	w, err := calendar.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}
