package main

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// nobody runs the program in an image. It is no user of any system.
const nobody = "65532:65532"

// image writes an image for each program of Linux, in the OCI layout. It has nothing but the program, which
// contains the zones of time, the roots of certificates, licences, and a folder for temporary files.
func (r *release) image(programs map[target]file) error {
	if len(programs) == 0 {
		return nil
	}
	around := r.around()
	var index v1.ImageIndex = mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, t := range all {
		program, ok := programs[t]
		if !ok {
			continue
		}
		image, err := r.imageOf(t, append([]file{program}, around...))
		if err != nil {
			return err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: t.os, Architecture: t.arch}},
		})
	}
	dir := filepath.Join(r.work, "image")
	outer, err := layout.Write(dir, empty.Index)
	if err != nil {
		return err
	}
	tag := strings.TrimPrefix(r.version, "v")
	err = outer.AppendIndex(index, layout.WithAnnotations(map[string]string{
		"org.opencontainers.image.ref.name": tag,
		"io.containerd.image.name":          "docker.io/otlog/otlog:" + tag, // docker load names the image so
	}))
	if err != nil {
		return err
	}
	return r.create(r.name("image.tar"), func(w io.Writer) error { return r.tarFolder(w, dir) })
}

// around returns the files of an image beside the program.
func (r *release) around() []file {
	var roots bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint != nil {
			continue // it holds for some certificates only, which a file cannot say
		}
		pem.Encode(&roots, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a Buffer does not fail
	}
	list := []file{
		{system: "/etc/ssl/certs/ca-certificates.crt", content: roots.Bytes(), mode: 0o644},
		{system: "/etc/passwd", content: []byte("nobody:x:65532:65532:nobody:/:/sbin/nologin\n"), mode: 0o644},
	}
	for _, f := range r.common {
		if path.Dir(f.system) == "/usr/share/doc/otlog" && path.Ext(f.name) != ".md" {
			list = append(list, f)
		}
	}
	return list
}

func (r *release) imageOf(t target, files []file) (v1.Image, error) {
	var b bytes.Buffer
	out := tar.NewWriter(&b)
	made := map[string]bool{"/": true}
	for _, f := range files {
		if err := r.folders(out, path.Dir(f.system), made); err != nil {
			return nil, err
		}
		h := tar.Header{Typeflag: tar.TypeReg, Name: f.system[1:], Size: int64(len(f.content)), Mode: int64(f.mode), ModTime: r.date, Format: tar.FormatUSTAR}
		if err := out.WriteHeader(&h); err != nil {
			return nil, err
		}
		if _, err := out.Write(f.content); err != nil {
			return nil, err
		}
	}
	temporary := tar.Header{Typeflag: tar.TypeDir, Name: "tmp/", Mode: 0o1777, ModTime: r.date, Format: tar.FormatUSTAR}
	if err := out.WriteHeader(&temporary); err != nil {
		return nil, err
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err = mutate.Append(image, mutate.Addendum{Layer: layer, History: v1.History{Created: v1.Time{Time: r.date}, CreatedBy: "otlog " + r.version}})
	if err != nil {
		return nil, err
	}
	return mutate.ConfigFile(image, r.config(image, t))
}

// config returns the configuration of an image.
func (r *release) config(image v1.Image, t target) *v1.ConfigFile {
	c, err := image.ConfigFile()
	if err != nil {
		panic(err) // it is in memory
	}
	c = c.DeepCopy()
	c.OS, c.Architecture, c.Created = t.os, t.arch, v1.Time{Time: r.date}
	c.Config = v1.Config{
		Entrypoint: []string{"/usr/bin/otlog"},
		Env:        []string{"PATH=/usr/bin"},
		User:       nobody,
		WorkingDir: "/",
		Labels: map[string]string{
			"org.opencontainers.image.title":    "otlog",
			"org.opencontainers.image.version":  r.version,
			"org.opencontainers.image.revision": r.commit,
			"org.opencontainers.image.source":   "https://github.com/otlog/otlog",
			"org.opencontainers.image.licenses": "Apache-2.0",
		},
	}
	return c
}

// folders writes the folders of a path that were not made yet.
func (r *release) folders(out *tar.Writer, dir string, made map[string]bool) error {
	if made[dir] {
		return nil
	}
	if err := r.folders(out, path.Dir(dir), made); err != nil {
		return err
	}
	made[dir] = true
	return out.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir[1:] + "/", Mode: 0o755, ModTime: r.date, Format: tar.FormatUSTAR})
}

// tarFolder writes the files of a folder in the order of their names.
func (r *release) tarFolder(w io.Writer, dir string) error {
	out := tar.NewWriter(w)
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		h := tar.Header{Typeflag: tar.TypeReg, Name: filepath.ToSlash(rel), Size: int64(len(content)), Mode: 0o644, ModTime: r.date, Format: tar.FormatUSTAR}
		if err := out.WriteHeader(&h); err != nil {
			return err
		}
		_, err = out.Write(content)
		return err
	})
	if err != nil {
		return err
	}
	return out.Close()
}
