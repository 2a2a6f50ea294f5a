package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// A target is a system that programs are built for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

// browser is the target of the page that runs the program in a browser.
var browser = target{"js", "wasm"}

// all are the targets of programs.
var all = [...]target{
	{"linux", "amd64"}, {"linux", "arm64"},
	{"darwin", "amd64"}, {"darwin", "arm64"},
	{"windows", "amd64"}, {"windows", "arm64"},
}

// choose returns the targets in a list, all if it is empty.
func choose(list string) ([]target, error) {
	known := append(all[:], browser)
	if list == "" {
		return known, nil
	}
	var chosen []target
	for name := range strings.SplitSeq(list, ",") {
		system, arch, _ := strings.Cut(name, "/")
		t := target{system, arch}
		if !slices.Contains(known, t) {
			return nil, fmt.Errorf("-only: %q is none of %v", name, known)
		}
		chosen = append(chosen, t)
	}
	return chosen, nil
}

// A file is one of an archive, a package or an image.
type file struct {
	name    string // in an archive
	system  string // its path in a package or an image
	content []byte
	mode    os.FileMode
}

// checkOut makes a checkout of the commit on which the current folder is, so that nothing else gets into the
// release, and finds out its version.
func (r *release) checkOut(ctx context.Context, version string) error {
	root, err := output(ctx, ".", "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	r.source = filepath.Join(r.work, "otlog")
	if _, err := output(ctx, root, "git", "clone", "-q", "--shared", root, r.source); err != nil {
		return err
	}
	about, err := output(ctx, r.source, "git", "show", "-s", "--format=%H %ct", "HEAD")
	if err != nil {
		return err
	}
	var seconds int64
	if _, err := fmt.Sscan(about, &r.commit, &seconds); err != nil {
		return fmt.Errorf("git show: %q: %w", about, err)
	}
	r.date = time.Unix(seconds, 0).UTC()
	if r.version = version; r.version == "" {
		r.version, err = output(ctx, r.source, "git", "describe", "--tags", "--exact-match", "--match", "v*")
		if err != nil { // no tag
			r.version = "v0.0.0-" + r.date.Format("20060102150405") + "-" + r.commit[:12]
		}
	}
	if !strings.HasPrefix(r.version, "v") {
		return fmt.Errorf("version %q does not begin with v", r.version)
	}
	return nil
}

// build builds the program for a target.
func (r *release) build(ctx context.Context, t target) (file, error) {
	f := file{name: "otlog", system: "/usr/bin/otlog", mode: 0o755}
	if t.os == "windows" {
		f.name = "otlog.exe"
	}
	path := filepath.Join(r.work, t.os+"-"+t.arch, f.name)
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w -X main.version="+r.version, "-o", path, "./cmd/otlog")
	cmd.Dir = r.source
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch, "GOAMD64=v1", "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=")
	if _, err := capture(cmd); err != nil {
		return f, err
	}
	var err error
	f.content, err = os.ReadFile(path)
	return f, err
}

// describe makes the files that all archives and packages have: the manual page and the completions, as the
// program for this system prints them, and the licences.
func (r *release) describe(ctx context.Context) error {
	program, err := r.build(ctx, target{runtime.GOOS, runtime.GOARCH})
	if err != nil {
		return err
	}
	path := filepath.Join(r.work, runtime.GOOS+"-"+runtime.GOARCH, program.name)
	for _, f := range []struct {
		name, system string
		args         []string
	}{
		{"otlog.1", "/usr/share/man/man1/otlog.1.gz", []string{"man"}},
		{"completions/otlog.bash", "/usr/share/bash-completion/completions/otlog", []string{"completion", "bash"}},
		{"completions/_otlog", "/usr/share/zsh/vendor-completions/_otlog", []string{"completion", "zsh"}},
		{"completions/otlog.fish", "/usr/share/fish/vendor_completions.d/otlog.fish", []string{"completion", "fish"}},
		{"completions/otlog.ps1", "", []string{"completion", "powershell"}},
	} {
		text, err := output(ctx, r.source, path, f.args...)
		if err != nil {
			return err
		}
		r.common = append(r.common, file{f.name, f.system, []byte(text + "\n"), 0o644})
	}
	for _, name := range []string{"README.md", "CHANGELOG.md", "LICENSE"} {
		content, err := os.ReadFile(filepath.Join(r.source, name))
		if err != nil {
			return err
		}
		r.common = append(r.common, file{name, "/usr/share/doc/otlog/" + name, content, 0o644})
	}
	licences, err := r.licences(ctx)
	if err != nil {
		return err
	}
	r.common = append(r.common, file{"LICENSES-OF-MODULES", "/usr/share/doc/otlog/LICENSES-OF-MODULES", licences, 0o644})
	return nil
}

// output returns what a program prints, without the line end.
func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	text, err := capture(cmd)
	return strings.TrimRight(string(text), "\n"), err
}

// capture runs a program. The error has its messages.
func capture(cmd *exec.Cmd) ([]byte, error) {
	var messages bytes.Buffer
	cmd.Stderr = &messages
	text, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, bytes.TrimSpace(messages.Bytes()))
	}
	return text, err
}
