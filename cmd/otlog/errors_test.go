package main

import (
	"bytes"
	"os"
	"testing"
)

// TestErrorsPageIsFresh compares docs/errors.md with the output of the command.
func TestErrorsPageIsFresh(t *testing.T) {
	page, err := os.ReadFile("../../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := runWell(t, "explain", "--all", "--format", "markdown"); !bytes.Equal(page, want) {
		t.Error("docs/errors.md is not fresh: go run ./cmd/otlog explain --all --format markdown > docs/errors.md")
	}
}
