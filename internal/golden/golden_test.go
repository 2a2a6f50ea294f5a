package golden

import (
	"os"
	"testing"
)

// A mayFail is a test that may fail.
type mayFail struct {
	testing.TB
	failed bool
}

func (t *mayFail) Errorf(string, ...any) { t.failed = true }

func TestCheck(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("testdata/a.txt", []byte("right"), 0o644); err != nil {
		t.Fatal(err)
	}
	failed := func(got string) bool {
		inner := &mayFail{TB: t}
		Check(inner, "a.txt", []byte(got))
		return inner.failed
	}
	if !failed("wrong") {
		t.Error("a difference was accepted")
	}
	if left, err := os.ReadFile("testdata/a.txt.got"); err != nil || string(left) != "wrong" {
		t.Errorf("beside the file is %q, %v", left, err)
	}
	if failed("right") {
		t.Error("equal bytes were refused")
	}
	if _, err := os.Stat("testdata/a.txt.got"); err == nil {
		t.Error("an old difference was left")
	}
	*update = true
	defer func() { *update = false }()
	failed("new") // updates the file
	if failed("new") {
		t.Error("an update failed")
	}
	if now, err := os.ReadFile("testdata/a.txt"); err != nil || string(now) != "new" {
		t.Errorf("the file was updated to %q, %v", now, err)
	}
}
