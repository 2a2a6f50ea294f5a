package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/hashed"
	"github.com/otlog/otlog/cmd/otlog/internal/shell"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/words"
)

// hashKinds are the kinds of ID that the column session of a table has hashes of; of a guid it has
// one for each day.
var hashKinds = []string{"session", "connection", "client"}

// newHash returns the command that hashes IDs as tables have them.
func newHash(s streams) *cobra.Command {
	var key keyOptions
	var from string
	cmd := &cobra.Command{
		Use:   "hash [flags] ID ...",
		Short: "Hash session IDs as Parquet and Arrow show them",
		Long: `hash prints the hash of each session ID, a line each, as the column "session" of Parquet and Arrow
has it. With it, tables of otlog join tables that have session IDs. With - it reads the IDs from
standard input, a line each, and prints as many lines. The line of a text that is too long to be an
ID (1 MB) is empty, and the exit status is 3.

A session without a session ID has the hash of a connection or client: --from names the kind of ID,
which tables have in the column "session_from".`,
		Example: `  otlog hash 1_MX40…
  otlog hash --hash-key-file team.key - < sessions.txt`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return usageError(errors.New("expected a session ID, or - to read IDs from standard input"))
			case slices.Contains(args, ""):
				return usageError(errors.New("an ID is empty\nhint: an unset variable?"))
			case !slices.Contains(hashKinds, from):
				return usageError(fmt.Errorf("--from: %q is not a kind of ID: expected one of %s%s", from, strings.Join(hashKinds, ", "), lookup.DidYouMean(lookup.Nearest(from, hashKinds))))
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(_ *cobra.Command, args []string) error { return printHashes(s, &key, from, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&from, "from", "session", "`KIND` of the IDs: "+strings.Join(hashKinds, ", "))
	_ = cmd.RegisterFlagCompletionFunc("from", shell.Words(hashKinds...)) // fails only if the flag does not exist
	key.addFlags(cmd)
	return cmd
}

func printHashes(s streams, options *keyOptions, from string, ids []string) error {
	key, err := options.resolve(s)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(s.out)
	write := func(id string) error {
		if err := printHash(out, key.Hash, from, id); err != nil {
			return fmt.Errorf("writing hashes: %w", err)
		}
		return nil
	}
	var status error
	for _, id := range ids {
		if id != "-" {
			err = write(id)
		} else {
			err = eachLine(s.in, write, func(line int) {
				say(s.err, "stdin: line %d: longer than %s, so it cannot be an ID: its hash is left empty", line, words.Bytes(longestID))
				status = &statusError{status: exitDamaged}
			})
		}
		if err != nil {
			return errors.Join(err, out.Flush())
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing hashes: %w", err)
	}
	return status
}

// longestID is the maximum length of a line with an ID, in bytes.
const longestID = 1 << 20

// eachLine calls do with each line of a text. For a line longer than longestID it calls tooLong with its
// number, and do with "".
func eachLine(r io.Reader, do func(string) error, tooLong func(line int)) error {
	lines := bufio.NewReaderSize(r, longestID)
	for number := 1; ; number++ {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			tooLong(number)
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = lines.ReadSlice('\n')
			}
			line = []byte("\n")
		}
		if err != nil && err != io.EOF {
			return fmt.Errorf("stdin: line %d: %w", number, err)
		}
		if len(line) > 0 {
			if err := do(string(bytes.TrimSpace(line))); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// printHash writes the hash of an ID, nothing for an empty line.
func printHash(w io.Writer, hash func(aggregate.SessionID) (string, error), from, id string) error {
	text := ""
	if id != "" {
		session := aggregate.NewSessionID([]byte(id))
		switch from {
		case "connection":
			session = hashed.Of(aggregate.FromConnection, []byte(id))
		case "client":
			session = hashed.Of(aggregate.FromClient, []byte(id))
		}
		var err error
		if text, err = hash(session); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, text)
	return err
}
