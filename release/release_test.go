//go:build linux

package main

import (
	"archive/zip"
	"compress/gzip"
	"context"
	"crypto/x509"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/sassoftware/go-rpmutils"
	"go.yaml.in/yaml/v3"
)

// version is the newest one that CHANGELOG.md describes.
var version, number = newest()

func newest() (version, number string) {
	content, err := os.ReadFile("../CHANGELOG.md")
	if err != nil {
		panic(err)
	}
	version = sections(string(content))[1].name
	return version, strings.TrimPrefix(version, "v")
}

// made is a release for this system, which all tests read. TestMain makes it.
var made string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "otlog-release-test-")
	if err == nil {
		made = filepath.Join(dir, "made")
		err = run(context.Background(), []string{"-o", made, "-version", version, "-only", "linux/" + runtime.GOARCH + ",js/wasm"})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// of returns the path of a file of the release.
func of(name string) string {
	return filepath.Join(made, "otlog_"+number+"_"+strings.ReplaceAll(name, "ARCH", runtime.GOARCH))
}

// TestAnotherFolderAndCacheGiveTheSameBytes releases the commit from another checkout, all compiled anew.
func TestAnotherFolderAndCacheGiveTheSameBytes(t *testing.T) {
	dir := t.TempDir()
	clone := filepath.Join(dir, "a", "clone")
	command(t, "git", "clone", "-q", root(t), clone)
	t.Chdir(clone)
	t.Setenv("GOCACHE", filepath.Join(dir, "cache"))
	again := filepath.Join(dir, "again")
	if err := run(t.Context(), []string{"-o", again, "-version", version, "-only", "linux/" + runtime.GOARCH + ",js/wasm"}); err != nil {
		t.Fatal(err)
	}
	if a, b := read(t, filepath.Join(made, "checksums.txt")), read(t, filepath.Join(again, "checksums.txt")); a != b {
		t.Errorf("the first:\n%s\nthe second:\n%s", a, b)
	}
}

// TestChangelog checks that CHANGELOG.md has what is not released first, and then the versions, the newest first,
// and that it describes every tag.
func TestChangelog(t *testing.T) {
	all := sections(read(t, filepath.Join(root(t), "CHANGELOG.md")))
	if len(all) < 2 || all[0].name != unreleased {
		t.Fatalf("sections: %v", all)
	}
	names := []string{}
	newer := []int{1 << 30}
	for _, s := range all[1:] {
		number := make([]int, 3)
		if _, err := fmt.Sscanf(s.name+"\n", "v%d.%d.%d\n", &number[0], &number[1], &number[2]); err != nil || slices.Compare(number, newer) >= 0 || s.text == "" {
			t.Errorf("%s: %v, after %v, with a text of %d bytes", s.name, err, newer, len(s.text))
		}
		names, newer = append(names, s.name), number
	}
	for tag := range strings.FieldsSeq(command(t, "git", "tag", "--list", "v*")) {
		if name, _, _ := strings.Cut(tag, "-"); !slices.Contains(names, name) {
			t.Errorf("the tag %s has no section", tag)
		}
	}
}

// TestNotes reads the notes of releases, of candidates and of a commit without a tag.
func TestNotes(t *testing.T) {
	r := &release{source: t.TempDir()}
	text := "# Changelog\n\nAbout.\n\n## Unreleased\n\n## v0.2.0\n\n### New\n\n- b\n\n## v0.1.0\n\n- a\n\n## v0.0.9\n"
	if err := os.WriteFile(filepath.Join(r.source, "CHANGELOG.md"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ version, want string }{
		{"v0.2.0", "### New\n\n- b"}, {"v0.1.0", "- a"}, {"v0.2.0-rc.1", "### New\n\n- b"}, {"v0.0.0-20261123100000-0123456789ab", ""},
		{"v0.3.0", "error"}, {"v0.0.9", "error"},
	} {
		r.version = test.version
		got, err := r.notes()
		if err != nil {
			got = "error"
		}
		if got != test.want {
			t.Errorf("%s: got %q, %v", test.version, got, err)
		}
	}
}

// TestChecksums compares checksums.txt with what sha256sum finds.
func TestChecksums(t *testing.T) {
	cmd := exec.Command("sha256sum", "--check", "--strict", "checksums.txt")
	cmd.Dir = made
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if n := strings.Count(read(t, filepath.Join(made, "checksums.txt")), "\n"); n != len(list(t, made))-1 {
		t.Errorf("%d checksums of %v", n, list(t, made))
	}
}

// TestArchive unpacks the archive and runs the program in it.
func TestArchive(t *testing.T) {
	dir := t.TempDir()
	command(t, "tar", "-xzf", of("linux_ARCH.tar.gz"), "-C", dir)
	folder := filepath.Join(dir, strings.TrimSuffix(filepath.Base(of("linux_ARCH.tar.gz")), ".tar.gz"))
	want := []string{"CHANGELOG.md", "LICENSE", "LICENSES-OF-MODULES", "README.md", "completions/_otlog", "completions/otlog.bash", "completions/otlog.fish", "completions/otlog.ps1", "otlog", "otlog.1"}
	if got := list(t, folder); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	commit := command(t, "git", "rev-parse", "HEAD")
	if got := command(t, filepath.Join(folder, "otlog"), "version"); !strings.HasPrefix(got, "otlog "+version+" (commit "+commit[:12]+", ") {
		t.Errorf("version: %s", got)
	}
	bash := "source " + filepath.Join(folder, "completions/otlog.bash") + " && complete -p otlog"
	if got := command(t, "bash", "-c", bash); !strings.Contains(got, "otlog") {
		t.Errorf("completion: %s", got)
	}
}

// TestPage unpacks the page, and the program in it. web/browsertest uses such a page in a browser.
func TestPage(t *testing.T) {
	const most = 12_000_000
	if info, err := os.Stat(of("web.zip")); err != nil || info.Size() > most {
		t.Fatalf("%v, %v", info, err)
	}
	archive, err := zip.OpenReader(of("web.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	content := map[string]string{}
	for _, f := range archive.File {
		from, err := archive.Open(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		content[path.Base(f.Name)] = string(text)
	}
	page := content["otlog.html"]
	if len(content) != 3 || content["LICENSE"] == "" || content["LICENSES-OF-MODULES"] == "" || !strings.Contains(page, "otlog "+version+"<") || !strings.Contains(page, "default-src 'none'") {
		t.Errorf("%d files, the page begins with %.400q", len(content), page)
	}
	_, rest, _ := strings.Cut(page, `id="program">`)
	packed, _, _ := strings.Cut(rest, "<")
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(packed)))
	if err != nil {
		t.Fatal(err)
	}
	program, err := io.ReadAll(z)
	if err != nil || !strings.HasPrefix(string(program), "\x00asm") || !strings.Contains(string(program), version) {
		t.Errorf("%v: the program begins with %.8q", err, program)
	}
}

// TestDeb installs the package into an empty folder, does what README does first, and removes it.
func TestDeb(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "var/lib/dpkg/updates"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"status", "available"} {
		if err := os.WriteFile(filepath.Join(dir, "var/lib/dpkg", name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	dpkg := func(args ...string) string {
		return command(t, "dpkg", append([]string{"--root=" + dir, "--force-not-root", "--force-script-chrootless"}, args...)...)
	}
	dpkg("--install", of("ARCH.deb"))
	if got := dpkg("--status", "otlog"); !strings.Contains(got, "Version: "+number+"-1\n") || !strings.Contains(got, "Status: install ok installed") {
		t.Errorf("status: %s", got)
	}
	firstCommand(t, filepath.Join(dir, "usr/bin/otlog"))
	page := unzip(t, filepath.Join(dir, "usr/share/man/man1/otlog.1.gz"))
	if !strings.HasPrefix(page, ".TH") {
		t.Errorf("the manual page begins with %.40q", page)
	}
	for _, name := range []string{"usr/share/doc/otlog/LICENSES-OF-MODULES", "usr/share/bash-completion/completions/otlog", "usr/share/zsh/vendor-completions/_otlog", "usr/share/fish/vendor_completions.d/otlog.fish"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	dpkg("--remove", "otlog")
	for _, name := range list(t, filepath.Join(dir)) {
		if !strings.HasPrefix(name, "var/") {
			t.Errorf("%s remains", name)
		}
	}
}

// firstCommand runs the first command of README, where there is neither Go nor a home.
func firstCommand(t *testing.T, program string) {
	t.Helper()
	_, rest, _ := strings.Cut(read(t, filepath.Join(root(t), "README.md")), "\n    $ go run ./cmd/otlog ")
	args, _, _ := strings.Cut(rest, "\n")
	cmd := exec.Command(program, strings.Fields(args)...)
	cmd.Dir, cmd.Env = root(t), []string{"PATH=/nonexistent"}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "Publishing got worse: ") {
		t.Errorf("otlog %s: %v: %.300s", args, err, out)
	}
}

// TestRpm compares the files of the packages.
func TestRpm(t *testing.T) {
	f, err := os.Open(of("ARCH.rpm"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := rpmutils.ReadRpm(f)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.Header.GetNEVRA(); err != nil || got.Name != "otlog" || got.Version != number {
		t.Errorf("got %v, %v", got, err)
	}
	dir := t.TempDir()
	if err := p.ExpandPayload(dir); err != nil {
		t.Fatal(err)
	}
	unpacked := t.TempDir()
	command(t, "dpkg", "--extract", of("ARCH.deb"), unpacked)
	if a, b := list(t, dir), list(t, unpacked); !slices.Equal(a, b) {
		t.Errorf("rpm: %v; deb: %v", a, b)
	}
	entries, err := p.Header.GetFiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if want := map[bool]int{true: 0o100755, false: 0o100644}[e.Name() == "/usr/bin/otlog"]; e.Mode() != want || e.UserName() != "root" {
			t.Errorf("%s: mode %o of %s", e.Name(), e.Mode(), e.UserName())
		}
	}
	program := filepath.Join(dir, "usr/bin/otlog")
	if err := os.Chmod(program, 0o755); err != nil { // the library does not set it
		t.Fatal(err)
	}
	firstCommand(t, program)
}

// TestImage reads the image as a container engine does, and runs it as the user and with the folders that it names.
func TestImage(t *testing.T) {
	const most = 25 << 20
	if info, err := os.Stat(of("image.tar")); err != nil || info.Size() > most {
		t.Fatalf("%v, %v", info, err)
	}
	dir := t.TempDir()
	command(t, "tar", "-xf", of("image.tar"), "-C", dir)
	outer, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	top, err := outer.IndexManifest()
	if err != nil || len(top.Manifests) != 1 || top.Manifests[0].Annotations["org.opencontainers.image.ref.name"] != number {
		t.Fatalf("got %v, %v", top, err)
	}
	index, err := outer.ImageIndex(top.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil || len(manifest.Manifests) != 1 || manifest.Manifests[0].Platform.String() != "linux/"+runtime.GOARCH {
		t.Fatalf("got %v, %v", manifest, err)
	}
	image, err := index.Image(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.Config.User != nobody || config.Config.Labels["org.opencontainers.image.version"] != version {
		t.Errorf("got %+v", config.Config)
	}
	inside := t.TempDir()
	command(t, "chmod", "755", inside)
	unpack(t, image, inside)
	want := []string{"etc/passwd", "etc/ssl/certs/ca-certificates.crt", "usr/bin/otlog", "usr/share/doc/otlog/LICENSE", "usr/share/doc/otlog/LICENSES-OF-MODULES"}
	if got := list(t, inside); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if roots := x509.NewCertPool(); !roots.AppendCertsFromPEM([]byte(read(t, filepath.Join(inside, "etc/ssl/certs/ca-certificates.crt")))) {
		t.Error("there are no roots of certificates")
	}
	// A log through a pipe goes to a temporary file, and times are of a zone.
	cmd := exec.Command(config.Config.Entrypoint[0], "--tz", "Pacific/Auckland", "-")
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: inside, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
	cmd.Dir, cmd.Env = config.Config.WorkingDir, config.Config.Env
	cmd.Stdin = strings.NewReader("2026-11-23T10:00:00Z OpenTok:Session:error OT_TIMEOUT: Session.publish :: timed out\n")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "OT_TIMEOUT") || !strings.Contains(string(out), "2026-11-23 23:00") {
		t.Errorf("%v: %s", err, out)
	}
}

func unpack(t *testing.T, image v1.Image, dir string) {
	t.Helper()
	flat := mutate.Extract(image)
	defer flat.Close()
	cmd := exec.Command("tar", "-xpf", "-", "-C", dir)
	cmd.Stdin = flat
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// TestBill compares the bill of materials, and the licences, with what the program says of itself.
func TestBill(t *testing.T) {
	var bill cdx.BOM
	if err := cdx.NewBOMDecoder(strings.NewReader(read(t, of("linux_ARCH.cdx.json"))), cdx.BOMFileFormatJSON).Decode(&bill); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	command(t, "dpkg", "--extract", of("ARCH.deb"), dir)
	info, err := buildinfo.ReadFile(filepath.Join(dir, "usr/bin/otlog"))
	if err != nil {
		t.Fatal(err)
	}
	licences := read(t, filepath.Join(dir, "usr/share/doc/otlog/LICENSES-OF-MODULES"))
	if got := len(*bill.Components); got != len(info.Deps)+1 {
		t.Errorf("%d components, %d modules and the standard library", got, len(info.Deps))
	}
	for i, m := range info.Deps {
		c := (*bill.Components)[i+1]
		if c.Name != m.Path || c.Version != m.Version || c.Licenses == nil {
			b, _ := json.Marshal(c) // for a message
			t.Errorf("%s %s: got %s", m.Path, m.Version, b)
		}
		if !strings.Contains(licences, "\n"+m.Path+" "+m.Version+", ") {
			t.Errorf("%s %s: no licence", m.Path, m.Version)
		}
	}
}

// TestAction runs the step of action.yml with this release: the report goes into the summary of the job, the
// exit status is that of otlog, and an archive with another sum is not run.
func TestAction(t *testing.T) {
	dir := t.TempDir()
	download := filepath.Join(dir, version)
	if err := os.CopyFS(download, os.DirFS(made)); err != nil {
		t.Fatal(err)
	}
	summary, output := filepath.Join(dir, "summary.md"), filepath.Join(dir, "output")
	step := func(gates string) (string, error) {
		cmd := exec.Command(filepath.Join(root(t), "release", "action.sh"))
		cmd.Dir = root(t)
		cmd.Env = append(os.Environ(), "OTLOG_VERSION="+version, "OTLOG_DOWNLOAD=file://"+dir, "RUNNER_TEMP="+dir, "GITHUB_STEP_SUMMARY="+summary, "GITHUB_OUTPUT="+output,
			"OTLOG_PATHS=testdata/weeks", "OTLOG_ARGS=--window 1w", "OTLOG_BASELINE=", "OTLOG_FAIL_ON="+gates)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := step(""); err != nil || !strings.Contains(read(t, summary), "Publishing got worse: ") {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := step("session_rate > 99%\npublish.failure_rate > 1%\n"); exitStatus(err) != 4 || !strings.Contains(out, "publish.failure_rate > 1%") {
		t.Errorf("%v: %s", err, out)
	}
	if got := read(t, output); !strings.Contains(got, "status=0\n") || !strings.Contains(got, "status=4\n") || !strings.Contains(got, "report="+dir) {
		t.Errorf("outputs: %s", got)
	}
	archive := filepath.Join(download, filepath.Base(of("linux_ARCH.tar.gz")))
	if err := os.WriteFile(archive, []byte("another"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := step(""); exitStatus(err) != 1 || !strings.Contains(out, "is not the one in checksums.txt") {
		t.Errorf("%v: %s", err, out)
	}
}

func exitStatus(err error) int {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return 0
}

// TestManifests writes the manifests for archives of all systems.
func TestManifests(t *testing.T) {
	r := &release{dir: t.TempDir(), version: version, address: "https://example.com/download"}
	var want []string
	for i, target := range all {
		name := r.name(target.os, target.arch) + map[bool]string{true: ".zip", false: ".tar.gz"}[target.os == "windows"]
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte{byte(i)}, 0o644); err != nil {
			t.Fatal(err)
		}
		sum, err := r.sum(name)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, "https://example.com/download/"+version+"/"+name, sum)
	}
	if err := r.manifests(all[:]); err != nil {
		t.Fatal(err)
	}
	formula := read(t, filepath.Join(r.dir, "otlog.rb"))
	installer := read(t, filepath.Join(r.dir, "winget", "otlog.otlog.installer.yaml"))
	for i, text := range want {
		in := formula
		if i >= 8 { // Windows
			in = strings.ToLower(installer)
		}
		if !strings.Contains(in, text) {
			t.Errorf("%s is missing in\n%s", text, in)
		}
	}
	for _, name := range r.made {
		if text := read(t, filepath.Join(r.dir, name)); strings.Contains(text, "{{") || strings.Contains(text, "<no value>") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
	checkFormula(t, filepath.Join(r.dir, "otlog.rb"))
	checkWinget(t, r)
}

// checkFormula runs the formula in Ruby, with a class in place of Homebrew's that notes what it states.
func checkFormula(t *testing.T, path string) {
	t.Helper()
	const homebrew = `
class Formula
  STATED = Hash.new { |all, name| all[name] = [] }
  def self.note(name, value, block)
    STATED[name] << value
    block.call if block && name.start_with?("on_")
  end
  def self.method_missing(name, value = nil, &block) = note(name, value, block)
  def self.test(&block) = note(:test, block.class, nil)
end
load ARGV[0]
puts Formula::STATED.map { |name, values| ([name] + values).join(" ") }, Otlog.superclass, Otlog.instance_methods(false).join(" ")`
	out := command(t, "ruby", "-w", "-e", homebrew, path)
	for _, want := range []string{
		`desc \S.{10,79}`, `homepage https://\S+`, `version ` + regexp.QuoteMeta(number), `license Apache-2.0`, `test Proc`, `install`, `Formula`,
		`url( https://example\.com/download/\S+_(darwin|linux)_(amd64|arm64)\.tar\.gz){4}`, `sha256( [0-9a-f]{64}){4}`, `on_macos ?`, `on_linux ?`, `on_intel *`, `on_arm *`,
	} {
		if !regexp.MustCompile("(?m)^" + want + "$").MatchString(out) {
			t.Errorf("the formula does not state %s:\n%s", want, out)
		}
	}
	if n := strings.Count(out, "\n") + 1; n != 13 {
		t.Errorf("the formula states %d things:\n%s", n, out)
	}
}

// wingetFields are the fields that a manifest of winget has, by its type, and what version 1.6.0 of its schema, which
// is not here, requires of them.
var wingetFields = map[string]map[string]string{
	"version": {"DefaultLocale": `en-US`},
	"defaultLocale": {
		"PackageLocale": `en-US`, "Publisher": `.{2,256}`, "PublisherUrl": `https://.+`, "PackageName": `.{2,256}`, "PackageUrl": `https://.+`,
		"License": `.{3,512}`, "LicenseUrl": `https://.+`, "ShortDescription": `.{3,256}`, "ReleaseNotesUrl": `https://.+`,
	},
	"installer": {
		"ReleaseDate": `\d{4}-\d\d-\d\d`, "InstallerType": `zip`, "NestedInstallerType": `portable`, "Commands": `\[otlog\]`,
		"Installers": `\[.*\]`,
	},
	"Installers": {
		"Architecture": `x64|arm64`, "InstallerUrl": `https://.+\.zip`, "InstallerSha256": `[0-9A-F]{64}`, "NestedInstallerFiles": `\[.*\]`,
	},
}

// checkWinget checks the fields of the manifests of winget.
func checkWinget(t *testing.T, r *release) {
	t.Helper()
	fields := func(what, kind string, got map[string]any, more map[string]string) {
		t.Helper()
		want := maps.Clone(more)
		maps.Copy(want, wingetFields[kind])
		for name, value := range got {
			if stamp, ok := value.(time.Time); ok {
				value = stamp.Format(time.DateOnly)
			}
			if pattern := want[name]; pattern == "" || !regexp.MustCompile("^(?:"+pattern+")$").MatchString(fmt.Sprint(value)) {
				t.Errorf("%s: %s is %v", what, name, value)
			}
			delete(want, name)
		}
		for name := range want {
			t.Errorf("%s: %s is missing", what, name)
		}
	}
	for name, kind := range map[string]string{"otlog.otlog.yaml": "version", "otlog.otlog.locale.en-US.yaml": "defaultLocale", "otlog.otlog.installer.yaml": "installer"} {
		var got map[string]any
		if err := yaml.Unmarshal([]byte(read(t, filepath.Join(r.dir, "winget", name))), &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		fields(name, kind, got, map[string]string{"PackageIdentifier": `otlog\.otlog`, "PackageVersion": regexp.QuoteMeta(number), "ManifestType": kind, "ManifestVersion": `1\.6\.0`})
		if kind != "installer" {
			continue
		}
		installers, _ := got["Installers"].([]any)
		if len(installers) != 2 {
			t.Errorf("%d installers", len(installers))
		}
		for i, arch := range []string{"amd64", "arm64"}[:len(installers)] {
			installer := installers[i].(map[string]any)
			fields(name+": "+arch, "Installers", installer, map[string]string{})
			if got, want := fmt.Sprint(installer["NestedInstallerFiles"]), fmt.Sprintf(`[map[PortableCommandAlias:otlog RelativeFilePath:%s\otlog.exe]]`, r.name("windows", arch)); got != want {
				t.Errorf("%s: got %s, want %s", arch, got, want)
			}
		}
	}
}

// TestWrongUse checks that nothing is written over, and that errors say what is wrong.
func TestWrongUse(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "a"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"-o", full}, "is not empty"},
		{nil, "-o FOLDER is missing"},
		{[]string{"-o", t.TempDir(), "-only", "plan9/386"}, `"plan9/386" is none of`},
		{[]string{"-o", t.TempDir(), "-only", "linux"}, `"linux" is none of`},
		{[]string{"-o", t.TempDir(), "-version", "1.0"}, "does not begin with v"},
		{[]string{"-o", t.TempDir(), "-version", "v99.0.0"}, `CHANGELOG.md says nothing of v99.0.0`},
		{[]string{"-o", t.TempDir(), "extra"}, `unexpected argument "extra"`},
	} {
		if err := run(t.Context(), test.args); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %v", test.args, err)
		}
	}
}

// root returns the folder of the checkout.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func unzip(t *testing.T, path string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(read(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// list returns the files below a folder, sorted.
func list(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// command runs a program and returns what it prints.
func command(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}
