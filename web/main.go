// Web builds a page that makes reports in a browser: one file, with the command otlog as WebAssembly in
// it. It works from a disk or from any web server, and opens no connection.
//
//	cd web && go run . -o /tmp/otlog.html
//
// It needs the Go toolchain and the modules of otlog. The same commit and version give the same bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"html"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
)

// parts are the parts of the page. The worker runs files.js, Go's wasm_exec.js and worker.js.
//
//go:embed page.html page.css page.js files.js worker.js
var parts embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "web:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("web", flag.ContinueOnError)
	out := flags.String("o", "", "the `file` to write, such as otlog.html")
	version := flags.String("version", "devel", "the `version` of the command")
	source := flags.String("source", "..", "the `folder` with the source of otlog")
	switch err := flags.Parse(args); {
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case *out == "":
		return errors.New("-o FILE is missing")
	}
	page, err := build(ctx, *source, *version)
	if err != nil {
		return err
	}
	return os.WriteFile(*out, page, 0o644)
}

// build returns the page.
func build(ctx context.Context, source, version string) ([]byte, error) {
	work, err := os.MkdirTemp("", "otlog-web-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	program, err := compile(ctx, source, version, filepath.Join(work, "otlog.wasm"))
	if err != nil {
		return nil, err
	}
	shown, err := policyOf(ctx, source, work)
	if err != nil {
		return nil, err
	}
	worker, err := workerScript(ctx, source)
	if err != nil {
		return nil, err
	}
	style, script := part("page.css"), part("page.js")
	for name, text := range map[string]string{"the script of the worker": worker, "page.js": script} {
		if ends.MatchString(text) {
			return nil, fmt.Errorf("%s has text that ends an element: %q", name, ends.FindString(text))
		}
	}
	// The frame of a report has the policy of the page as well as its own, so its style and script are named.
	policy := fmt.Sprintf("default-src 'none'; script-src %s %s 'wasm-unsafe-eval'; style-src %s %s; img-src data:; worker-src blob:; base-uri 'none'; form-action 'none'",
		hash(script), shown.script, hash(style), shown.style)
	return []byte(strings.NewReplacer(
		"{{policy}}", policy, "{{version}}", html.EscapeString(version), "{{style}}", style,
		"{{worker}}", worker, "{{program}}", program, "{{script}}", script,
	).Replace(part("page.html"))), nil
}

// ends matches what ends or changes a script in HTML.
var ends = regexp.MustCompile(`(?i)</script|<!--|<script`)

// part returns a part of the page, which is embedded.
func part(name string) string {
	text, err := parts.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// hash returns the source expression of an inline style or script.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// compile compiles the command to WebAssembly, and returns it compressed and in base64.
func compile(ctx context.Context, source, version, path string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w -X main.version="+version, "-o", path, "./cmd/otlog")
	cmd.Dir = source
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=js", "GOARCH=wasm", "GOWASM=", "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=")
	if _, err := capture(cmd); err != nil {
		return "", err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := z.Write(content); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes()), nil
}

// workerScript returns the script of the worker. Go's part is that of the toolchain that compiles the
// command.
func workerScript(ctx context.Context, source string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "GOROOT")
	cmd.Dir = source
	root, err := capture(cmd)
	if err != nil {
		return "", err
	}
	of, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return "", err
	}
	return part("files.js") + string(of) + part("worker.js"), nil
}

// A policy is the source expressions of the style and the script of a report.
type policy struct{ style, script string }

// policyOf returns the policy of reports, as a report states it.
func policyOf(ctx context.Context, source, work string) (policy, error) {
	log := filepath.Join(work, "a.log")
	if err := os.WriteFile(log, []byte("OT_TIMEOUT\n"), 0o644); err != nil {
		return policy{}, err
	}
	cmd := exec.CommandContext(ctx, "go", "run", "./cmd/otlog", "--format", "html", log)
	cmd.Dir = source
	page, err := capture(cmd)
	if err != nil {
		return policy{}, err
	}
	const sources = `((?:'sha256-[A-Za-z0-9+/=]+' ?)+)`
	found := regexp.MustCompile("style-src " + sources + "; script-src " + sources + ";").FindStringSubmatch(html.UnescapeString(string(page)))
	if found == nil {
		return policy{}, errors.New("a report of otlog states no policy with the hashes of its style and script")
	}
	return policy{found[1], found[2]}, nil
}

// capture runs a program and returns what it prints. The error has its messages.
func capture(cmd *exec.Cmd) ([]byte, error) {
	var messages bytes.Buffer
	cmd.Stderr = &messages
	text, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, bytes.TrimSpace(messages.Bytes()))
	}
	return text, err
}
