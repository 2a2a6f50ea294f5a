// Gen writes tables_gen.go from catalogue.txt. Go generate runs it in the directory of package
// catalogue, which it does not import: it works even if the tables do not compile.
//
// With -check it writes nothing, and fails if the file is out of date.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/otlog/otlog/classify/catalogue/read"
)

const (
	source = "catalogue.txt"
	target = "tables_gen.go"
)

func main() {
	check := flag.Bool("check", false, "fail if "+target+" is out of date, and write nothing")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	text, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	want, err := read.GoSource(text)
	if err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	have, err := os.ReadFile(target)
	if err == nil && bytes.Equal(have, want) {
		return nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if check {
		return fmt.Errorf("%s is out of date with %s\nhint: run go generate ./classify/catalogue", target, source)
	}
	return os.WriteFile(target, want, 0o644)
}
