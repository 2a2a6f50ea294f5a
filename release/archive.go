package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"io"
	"path"
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
