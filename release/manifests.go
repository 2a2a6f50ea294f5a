package main

import (
	"embed"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

// manifests writes the formula of Homebrew and the manifest of winget.
func (r *release) manifests(targets []target) error {
	for _, t := range all {
		if !slices.Contains(targets, t) {
			return nil // they name all archives
		}
	}
	parsed, err := template.New("").Funcs(template.FuncMap{"sha256": r.sum, "upper": strings.ToUpper}).ParseFS(templates, "templates/*")
	if err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(r.dir, "winget"), 0o755); err != nil {
		return err
	}
	values := map[string]string{
		"Version": strings.TrimPrefix(r.version, "v"), "Date": r.date.Format("2006-01-02"),
		"Start": r.name(""), "URL": r.address + "/" + r.version + "/" + r.name(""),
	}
	for _, name := range []string{"otlog.rb", "otlog.otlog.yaml", "otlog.otlog.installer.yaml", "otlog.otlog.locale.en-US.yaml"} {
		file := name
		if path.Ext(name) == ".yaml" {
			file = path.Join("winget", name)
		}
		if err := r.create(file, func(w io.Writer) error { return parsed.ExecuteTemplate(w, name, values) }); err != nil {
			return err
		}
	}
	return nil
}
