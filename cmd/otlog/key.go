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

	"github.com/otlog/otlog/cmd/otlog/internal/stream"
	"github.com/otlog/otlog/report/rows"
)

// keyOptions is the flag for the key that hashes session IDs, as typed.
type keyOptions struct{ file string }

func (o *keyOptions) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.file, "hash-key-file", "", "`FILE` with the secret that hashes session IDs: equal secrets give equal hashes\n(default a secret of your own, created at first use)")
}

// resolve reads the key, or creates one for the user.
func (o *keyOptions) resolve(s streams) (rows.Key, error) {
	if o.file != "" {
		key, err := readKey(o.file)
		if err != nil {
			return rows.Key{}, fmt.Errorf("--hash-key-file: %w", err)
		}
		return key, nil
	}
	key, err := ownKey(s)
	if err != nil {
		return rows.Key{}, fmt.Errorf("reading or creating the secret that hashes session IDs: %w\nhint: name a file with a secret: --hash-key-file FILE", err)
	}
	return key, nil
}

// maxSecret is the maximum size of a secret in bytes: a larger file is probably a log.
const maxSecret = 64 << 10

// readKey makes a key of the content of a file. Line ends at the end are ignored: editors add
// them, secret stores do not.
func readKey(name string) (rows.Key, error) {
	f, err := os.Open(name)
	if err != nil {
		return rows.Key{}, err
	}
	defer f.Close() // read only: nothing can be lost
	content, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return rows.Key{}, err
	}
	secret := strings.TrimRight(string(content), "\r\n")
	switch {
	case secret == "":
		return rows.Key{}, fmt.Errorf("%s: empty: expected a secret", name)
	case len(content) > maxSecret:
		return rows.Key{}, fmt.Errorf("%s: more than %d KiB: expected a secret", name, maxSecret>>10)
	}
	return rows.NewKey([]byte(secret)), nil
}

// ownKey reads the key of the user, and creates one if there is none.
func ownKey(s streams) (rows.Key, error) {
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
		if key, err = readKey(name); err == nil {
			say(s.err, "created a secret for hashes of session IDs in %s: hashes of another secret differ; --hash-key-file names one", name)
		}
	}
	return key, err
}

// makeSecret creates a file with a random secret. If two processes create it at the same time,
// both use the file of the first.
func makeSecret(name string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	var secret [32]byte
	rand.Read(secret[:])                                                               // never fails
	return stream.CreateWhole(name, 0o600, []byte(hex.EncodeToString(secret[:])+"\n")) // only the user can read it
}
