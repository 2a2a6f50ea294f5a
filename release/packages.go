package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // registers itself
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm"
)

const description = `Reports which errors logs of the OpenTok / Vonage Video SDK contain
otlog reads logs and telemetry of applications built on the OpenTok / Vonage Video client SDK. It reports
which documented errors they contain, in which method, in how many sessions, and since when.`

// packages writes a .deb and an .rpm for Linux.
func (r *release) packages(t target, program file) error {
	if t.os != "linux" {
		return nil
	}
	// The library reads files.
	dir, err := os.MkdirTemp(r.work, "package-")
	if err != nil {
		return err
	}
	var contents files.Contents
	for i, f := range append([]file{program}, r.common...) {
		if f.system == "" {
			continue
		}
		content := f.content
		if strings.HasSuffix(f.system, ".gz") {
			content = zipped(content)
		}
		source := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(source, content, 0o600); err != nil {
			return err
		}
		contents = append(contents, &files.Content{
			Source: source, Destination: f.system, FileInfo: &files.ContentFileInfo{Owner: "root", Group: "root", Mode: f.mode, MTime: r.date},
		})
	}
	for _, format := range []string{"deb", "rpm"} {
		info := nfpm.WithDefaults(&nfpm.Info{
			Name: "otlog", Platform: "linux", Arch: t.arch, Version: r.version, Release: "1", Section: "utils", Priority: "optional",
			Maintainer: "The maintainers of otlog", Description: description, Homepage: "https://github.com/otlog/otlog", License: "Apache-2.0",
			MTime: r.date, DisableGlobbing: true,
			Overridables: nfpm.Overridables{Contents: contents, RPM: nfpm.RPM{BuildHost: "localhost"}},
		})
		packager, err := nfpm.Get(format)
		if err != nil {
			return err
		}
		if err := r.create(r.name(t.arch)+"."+format, func(w io.Writer) error { return packager.Package(info, w) }); err != nil {
			return err
		}
	}
	return nil
}

// zipped returns a text in gzip, without a time.
func zipped(text []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // a valid level
	z.Write(text)                                         // a Buffer does not fail
	z.Close()
	return b.Bytes()
}
