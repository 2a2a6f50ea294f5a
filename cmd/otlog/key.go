package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/report/rows"
)

// keyOptions are the flags that say by which key sessions are hashed, as typed.
type keyOptions struct{ file string }

func (o *keyOptions) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.file, "hash-key-file", "", "hash session IDs with the secret in `FILE`, so that several machines show a session alike\n(default a secret of your own, made at first use)")
}

// resolve reads the key, or makes one of the user's own.
func (o *keyOptions) resolve() (rows.Key, error) {
	if o.file != "" {
		key, err := readKey(o.file)
		if err != nil {
			return rows.Key{}, fmt.Errorf("--hash-key-file: %w", err)
		}
		return key, nil
	}
	key, err := ownKey()
	if err != nil {
		return rows.Key{}, fmt.Errorf("keeping a secret to hash session IDs with: %w\nhint: name a file with a secret of yours: --hash-key-file FILE", err)
	}
	return key, nil
}

// maxSecret is how many bytes a file may hold that is a secret: no log was meant.
const maxSecret = 64 << 10

// readKey makes a key of what a file holds. Line ends behind it do not count, which
// editors add and secret stores do not.
func readKey(name string) (rows.Key, error) {
	f, err := os.Open(name)
	if err != nil {
		return rows.Key{}, err
	}
	defer f.Close() // only read from: nothing can be lost
	content, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return rows.Key{}, err
	}
	secret := strings.TrimRight(string(content), "\r\n")
	switch {
	case secret == "":
		return rows.Key{}, fmt.Errorf("%s is empty, and no secret", name)
	case len(content) > maxSecret:
		return rows.Key{}, fmt.Errorf("%s holds more than %d KiB, and is no secret", name, maxSecret>>10)
	}
	return rows.NewKey([]byte(secret)), nil
}

// ownKey reads the key of the user, and makes one if there is none.
func ownKey() (rows.Key, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return rows.Key{}, err
	}
	name := filepath.Join(dir, "otlog", "hash-key")
	key, err := readKey(name)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeSecret(name); err != nil {
			return rows.Key{}, err
		}
		key, err = readKey(name)
	}
	return key, err
}

// makeSecret makes a file with a secret that nobody knows. Of two processes that do so
// at once, one makes it for both.
func makeSecret(name string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	beside, err := os.CreateTemp(filepath.Dir(name), ".hash-key.*") // which only the user can read
	if err != nil {
		return err
	}
	defer os.Remove(beside.Name()) // fails if it was renamed, as it should
	var secret [32]byte
	rand.Read(secret[:]) // never fails
	_, err = io.WriteString(beside, hex.EncodeToString(secret[:])+"\n")
	if err := errors.Join(err, beside.Sync(), beside.Close()); err != nil {
		return err
	}
	// A link is made only where there is nothing, whole, and at once; a file system
	// without links has to do with the rename.
	if err := os.Link(beside.Name(), name); err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	return os.Rename(beside.Name(), name)
}
