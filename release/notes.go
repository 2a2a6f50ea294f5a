package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// notes returns what CHANGELOG.md says of the version: the section with its name, of v0.2.0-rc.1 that of v0.2.0,
// of a commit without a tag that of what is not released yet. A release that nobody has described is an error.
func (r *release) notes() (string, error) {
	content, err := os.ReadFile(filepath.Join(r.source, "CHANGELOG.md"))
	if err != nil {
		return "", err
	}
	name, _, _ := strings.Cut(r.version, "-")
	if name == "v0.0.0" {
		name = unreleased
	}
	for _, s := range sections(string(content)) {
		if s.name == name && (s.text != "" || name == unreleased) {
			return s.text, nil
		}
	}
	return "", fmt.Errorf("CHANGELOG.md says nothing of %s: expected a section \"## %s\" with text", name, name)
}

// unreleased is the name of the section of what is not released yet.
const unreleased = "Unreleased"

// A section of the CHANGELOG is what changed in a version.
type section struct{ name, text string }

// sections returns the sections of a CHANGELOG, in its order: the newest first.
func sections(changelog string) []section {
	var all []section
	for line := range strings.Lines(changelog) {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			all = append(all, section{name: strings.TrimSpace(name)})
		} else if len(all) > 0 {
			all[len(all)-1].text += line
		}
	}
	for i := range all {
		all[i].text = strings.TrimSpace(all[i].text)
	}
	return all
}
