package main

import (
	"bufio"
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
standard input, a line each, and prints as many lines.

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
	for _, id := range ids {
		if id != "-" {
			err = printHash(out, key.Hash, from, id)
		} else {
			err = eachLine(s.in, func(id string) error { return printHash(out, key.Hash, from, id) })
		}
		if err != nil {
			return fmt.Errorf("writing hashes: %w", errors.Join(err, out.Flush()))
		}
	}
	return out.Flush()
}

// eachLine calls do with each line of a text.
func eachLine(r io.Reader, do func(string) error) error {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if err := do(strings.TrimSpace(lines.Text())); err != nil {
			return err
		}
	}
	return lines.Err()
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
