package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/licensecheck"
)

// A module is one of which code is linked into a program.
type module struct{ Path, Version, Dir string }

// modules returns the modules of a program for any target, the main module and the standard library excluded.
func (r *release) modules(ctx context.Context) ([]module, error) {
	linked := map[module]bool{}
	for _, t := range append(all[:], browser) {
		text, err := output(ctx, r.source, "env", "GOFLAGS=", "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch,
			"go", "list", "-deps", "-f", `{{with .Module}}{{if not .Main}}{"Path":{{printf "%q" .Path}},"Version":{{printf "%q" .Version}},"Dir":{{printf "%q" .Dir}}}{{end}}{{end}}`, "./cmd/otlog")
		if err != nil {
			return nil, err
		}
		for d := json.NewDecoder(strings.NewReader(text)); d.More(); {
			var m module
			if err := d.Decode(&m); err != nil {
				return nil, fmt.Errorf("go list: %w", err)
			}
			linked[m] = true
		}
	}
	var list []module
	for m := range linked {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return list, nil
}

// licenceFiles returns the files of a folder that state a licence.
func licenceFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	var names []string
	for _, e := range entries {
		upper := strings.ToUpper(e.Name())
		if e.Type().IsRegular() && !strings.HasSuffix(upper, ".GO") &&
			slices.ContainsFunc([]string{"LICENSE", "LICENCE", "UNLICENSE", "COPYING", "NOTICE", "PATENTS"}, func(s string) bool { return strings.HasPrefix(upper, s) }) {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// licences returns the licences of everything that is linked into the programs.
func (r *release) licences(ctx context.Context) ([]byte, error) {
	list, err := r.modules(ctx)
	if err != nil {
		return nil, err
	}
	goRoot, err := output(ctx, r.source, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	r.licenceOf = map[string][]string{}
	var b bytes.Buffer
	b.WriteString("The programs contain code of these modules, and of the standard library of Go, under these licences.\n")
	for _, m := range append([]module{{"Go, standard library", runtime.Version(), goRoot}}, list...) {
		names, err := licenceFiles(m.Dir)
		if err != nil {
			return nil, err
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("%s has no file with its licence", m.Path)
		}
		for _, name := range names {
			text, err := os.ReadFile(filepath.Join(m.Dir, name))
			if err != nil {
				return nil, err
			}
			for _, match := range licensecheck.Scan(text).Match {
				if !slices.Contains(r.licenceOf[m.Path], match.ID) {
					r.licenceOf[m.Path] = append(r.licenceOf[m.Path], match.ID)
				}
			}
			fmt.Fprintf(&b, "\n%s\n%s %s, %s\n\n%s\n", strings.Repeat("=", 72), m.Path, m.Version, name, bytes.TrimSpace(text))
		}
	}
	return b.Bytes(), nil
}

// bill writes the bill of materials of a program, as it is stamped into it.
func (r *release) bill(t target, program file) error {
	info, err := buildinfo.Read(bytes.NewReader(program.content))
	if err != nil {
		return err
	}
	b := cdx.NewBOM()
	id := fmt.Sprintf("pkg:golang/%s@%s", info.Main.Path, url.PathEscape(r.version))
	b.Metadata = &cdx.Metadata{
		Timestamp: r.date.Format("2006-01-02T15:04:05Z"),
		Component: &cdx.Component{
			BOMRef: id, Type: cdx.ComponentTypeApplication, Name: "otlog", Version: r.version, PackageURL: id,
			Licenses:   &cdx.Licenses{{License: &cdx.License{ID: "Apache-2.0"}}},
			Hashes:     &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: fmt.Sprintf("%x", sha256.Sum256(program.content))}},
			Properties: &[]cdx.Property{{Name: "otlog:commit", Value: r.commit}, {Name: "otlog:target", Value: t.String()}},
		},
	}
	components := []cdx.Component{{
		BOMRef: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go"), Type: cdx.ComponentTypeLibrary, Name: "std", Version: info.GoVersion,
		PackageURL: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go"), Licenses: &cdx.Licenses{{License: &cdx.License{ID: "BSD-3-Clause"}}},
	}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		id := fmt.Sprintf("pkg:golang/%s@%s", m.Path, url.PathEscape(m.Version))
		c := cdx.Component{BOMRef: id, Type: cdx.ComponentTypeLibrary, Name: m.Path, Version: m.Version, PackageURL: id}
		if names := r.licenceOf[m.Path]; len(names) > 0 {
			list := cdx.Licenses{}
			for _, name := range names {
				list = append(list, cdx.LicenseChoice{License: &cdx.License{ID: name}})
			}
			c.Licenses = &list
		}
		components = append(components, c)
	}
	b.Components = &components
	return r.create(r.name(t.os, t.arch)+".cdx.json", func(w io.Writer) error {
		return cdx.NewBOMEncoder(w, cdx.BOMFileFormatJSON).SetPretty(true).Encode(b)
	})
}
