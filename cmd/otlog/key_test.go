package main

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/report/rows"
)

func TestKeyOfAFile(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) *keyOptions {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		o := &keyOptions{}
		cmd := &cobra.Command{}
		o.addFlags(cmd)
		if err := cmd.ParseFlags([]string{"--hash-key-file", path}); err != nil {
			t.Fatal(err)
		}
		return o
	}
	key := func(o *keyOptions) rows.Key {
		t.Helper()
		k, err := o.resolve(streams{err: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	plain := key(file("plain", "open sesame"))
	if plain != rows.NewKey([]byte("open sesame")) {
		t.Error("the key is not that of what the file holds")
	}
	if key(file("line", "open sesame\r\n")) != plain {
		t.Error("the end of the line makes another key")
	}
	if key(file("other", "open sesame ")) == plain {
		t.Error("another secret makes the same key")
	}
	key(file("bytes", "\x00\xff\n\x01"))
	for name, o := range map[string]*keyOptions{
		"empty": file("empty", ""), "of no content": file("newline", "\n"), "not there": {file: filepath.Join(dir, "none")},
		"a directory": {file: dir}, "a log": file("log", strings.Repeat("OT_TIMEOUT\n", 1<<14)),
	} {
		if _, err := o.resolve(streams{err: io.Discard}); err == nil || !strings.Contains(err.Error(), "--hash-key-file") || !strings.Contains(err.Error(), dir) {
			t.Errorf("a file that is %s: got error %v, want one that names it and the flag", name, err)
		}
	}
}

// configDir sets the directory of the user's configuration.
func configDir(t *testing.T, dir string) {
	for _, name := range []string{"XDG_CONFIG_HOME", "HOME", "AppData"} {
		t.Setenv(name, dir)
	}
}

func TestOwnKeyIsMadeOnce(t *testing.T) {
	configDir(t, t.TempDir())
	keys := make([]rows.Key, 16)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			k, err := (&keyOptions{}).resolve(streams{err: io.Discard})
			if err != nil {
				t.Error(err)
			}
			keys[i] = k
		})
	}
	all.Wait()
	for _, k := range keys {
		if k != keys[0] || k == (rows.Key{}) {
			t.Fatalf("got keys %x and %x of one user", k, keys[0])
		}
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "otlog"))
	if err != nil || len(entries) != 1 {
		t.Fatalf("got files %v and error %v, want the secret alone", entries, err)
	}
	info, err := entries[0].Info()
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("others may read it: %s", info.Mode())
	}
	copied, err := (&keyOptions{file: filepath.Join(dir, "otlog", "hash-key")}).resolve(streams{err: io.Discard})
	if err != nil || copied != keys[0] {
		t.Errorf("the file given makes another key, or error %v", err)
	}
	configDir(t, t.TempDir())
	if k, err := (&keyOptions{}).resolve(streams{err: io.Discard}); err != nil || k == keys[0] {
		t.Errorf("another user has the same key, or error %v", err)
	}
}

func TestOwnKeyThatCannotBeKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, ""} {
		configDir(t, dir)
		if _, err := (&keyOptions{}).resolve(streams{err: io.Discard}); err == nil || !strings.Contains(err.Error(), "hint: ") || !strings.Contains(err.Error(), "--hash-key-file") {
			t.Errorf("%q: got error %v, want a hint to --hash-key-file", dir, err)
		}
	}
}

func TestOwnKeyThatIsDamaged(t *testing.T) {
	configDir(t, t.TempDir())
	dir, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "otlog", "hash-key")
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (&keyOptions{}).resolve(streams{err: io.Discard}); err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("got error %v, want one that names the file", err)
	}
}
