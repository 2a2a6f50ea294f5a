package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
)

// archive writes a .tar.gz, or a .zip for Windows. Both have one folder.
func (r *release) archive(t target, program file) error {
	folder := r.name(t.os, t.arch)
	files := append([]file{program}, r.common...)
	if t.os == "windows" {
		return r.create(folder+".zip", func(w io.Writer) error { return r.zip(w, folder, files) })
	}
	return r.create(folder+".tar.gz", func(w io.Writer) error {
		z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
		if err != nil {
			return err
		}
		if err := r.tar(z, folder, files); err != nil {
			return err
		}
		return z.Close()
	})
}

// page writes the archive of the page that runs the program in a browser.
func (r *release) page(ctx context.Context) error {
	path := filepath.Join(r.work, "otlog.html")
	if _, err := output(ctx, filepath.Join(r.source, "web"), "env", "GOFLAGS=", "GOWORK=off", "go", "run", ".", "-o", path, "-version", r.version); err != nil {
		return err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	files := []file{{name: "otlog.html", content: content, mode: 0o644}}
	for _, f := range r.common {
		if f.name == "LICENSE" || f.name == "LICENSES-OF-MODULES" {
			files = append(files, f)
		}
	}
	folder := r.name("web")
	return r.create(folder+".zip", func(w io.Writer) error { return r.zip(w, folder, files) })
}

func (r *release) tar(w io.Writer, folder string, files []file) error {
	out := tar.NewWriter(w)
	for _, f := range files {
		h := tar.Header{Typeflag: tar.TypeReg, Name: path.Join(folder, f.name), Size: int64(len(f.content)), Mode: int64(f.mode), ModTime: r.date, Format: tar.FormatUSTAR}
		if err := out.WriteHeader(&h); err != nil {
			return err
		}
		if _, err := out.Write(f.content); err != nil {
			return err
		}
	}
	return out.Close()
}

func (r *release) zip(w io.Writer, folder string, files []file) error {
	out := zip.NewWriter(w)
	for _, f := range files {
		h := zip.FileHeader{Name: path.Join(folder, f.name), Method: zip.Deflate, Modified: r.date}
		h.SetMode(f.mode)
		entry, err := out.CreateHeader(&h)
		if err != nil {
			return err
		}
		if _, err := entry.Write(f.content); err != nil {
			return err
		}
	}
	return out.Close()
}
