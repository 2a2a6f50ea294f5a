// Release builds what users install, of one commit: programs for Linux, macOS and Windows in archives,
// packages for Debian and Red Hat, a container image, a page for browsers, and what goes with them.
//
//	cd release && go run . -o /tmp/otlog-release
//
// It needs git, the Go toolchain and the modules; nothing is uploaded. The same commit and version give
// the same bytes in any folder. The files are:
//
//	otlog_VERSION_OS_ARCH.tar.gz   program, manual page, completions, licences; .zip for Windows
//	otlog_VERSION_ARCH.deb, .rpm   the same as packages
//	otlog_VERSION_image.tar        an image in the OCI layout, for amd64 and arm64
//	otlog_VERSION_web.zip          a page that runs the program in a browser, licences
//	otlog_VERSION_OS_ARCH.cdx.json what a program is made of, in CycloneDX
//	otlog.rb, winget/              a Homebrew formula, and a manifest of winget
//	checksums.txt                  the SHA-256 of each file
package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	out := flags.String("o", "", "an empty or missing `folder` for the files")
	version := flags.String("version", "", "the `version`, such as v0.1.0; without it, the tag of the commit, or its time and hash")
	only := flags.String("only", "", "`targets`, such as linux/amd64,windows/arm64; without it, all")
	notes := flags.String("notes", "", "a `file` for what CHANGELOG.md says of the version")
	address := flags.String("url", "https://github.com/otlog/otlog/releases/download", "`address` under which releases are downloaded")
	switch err := flags.Parse(args); {
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case *out == "":
		return errors.New("-o FOLDER is missing")
	}
	targets, err := choose(*only)
	if err != nil {
		return err
	}
	r := &release{dir: *out, address: *address}
	if r.work, err = os.MkdirTemp("", "otlog-release-"); err != nil {
		return err
	}
	defer os.RemoveAll(r.work)
	if err := r.checkOut(ctx, *version); err != nil {
		return err
	}
	said, err := r.notes()
	if err != nil {
		return err
	}
	if *notes != "" {
		if err := os.WriteFile(*notes, []byte(said+"\n"), 0o644); err != nil {
			return err
		}
	}
	if err := r.make(ctx, targets); err != nil {
		return fmt.Errorf("%s: %w", r.version, err)
	}
	fmt.Printf("%s of commit %s, %s: %s\n", r.version, r.commit[:12], r.date.Format(time.DateOnly), r.dir)
	return nil
}

// A release is what is made of one commit.
type release struct {
	dir     string // of the files
	work    string // a temporary folder
	source  string // a checkout of the commit, in work
	address string // under which releases are downloaded

	version string // v0.1.0
	commit  string // 40 digits
	date    time.Time
	common  []file // what every archive and package has beside the program
	// SPDX names of the licences of modules, by path
	licenceOf map[string][]string
	made      []string
}

// make writes all files.
func (r *release) make(ctx context.Context, targets []target) error {
	if err := r.begin(); err != nil {
		return err
	}
	if err := r.describe(ctx); err != nil {
		return err
	}
	images := map[target]file{}
	for _, t := range targets {
		if t == browser {
			if err := r.page(ctx); err != nil {
				return fmt.Errorf("page: %w", err)
			}
			continue
		}
		program, err := r.build(ctx, t)
		if err != nil {
			return err
		}
		for _, write := range []func(target, file) error{r.archive, r.bill, r.packages} {
			if err := write(t, program); err != nil {
				return fmt.Errorf("%s: %w", t, err)
			}
		}
		if t.os == "linux" {
			images[t] = program
		}
	}
	if err := r.image(images); err != nil {
		return fmt.Errorf("image: %w", err)
	}
	if err := r.manifests(targets); err != nil {
		return err
	}
	return r.checksums()
}

// begin creates the folder of the files.
func (r *release) begin() error {
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(r.dir)
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("%s is not empty", r.dir)
	}
	return err
}

// create creates one of the files, and calls write to fill it.
func (r *release) create(name string, write func(io.Writer) error) error {
	f, err := os.Create(filepath.Join(r.dir, name))
	if err != nil {
		return err
	}
	if err := cmp.Or(write(f), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	r.made = append(r.made, name)
	return nil
}

// name returns the start of the name of a file.
func (r *release) name(rest ...string) string {
	return strings.Join(append([]string{"otlog", strings.TrimPrefix(r.version, "v")}, rest...), "_")
}

// checksums writes checksums.txt.
func (r *release) checksums() error {
	var b strings.Builder
	slices.Sort(r.made)
	for _, name := range r.made {
		sum, err := r.sum(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s  %s\n", sum, name)
	}
	return r.create("checksums.txt", func(w io.Writer) error {
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// sum returns the SHA-256 of one of the files.
func (r *release) sum(name string) (string, error) {
	content, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sha256.Sum256(content)), nil
}
