package shell

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// CompleteBash makes the completion script for bash work without the bash-completion package, from which
// cobra's script calls two functions.
func CompleteBash(root *cobra.Command) {
	root.InitDefaultCompletionCmd("bash")
	cmd, _, err := root.Find([]string{"completion", "bash"})
	if err != nil || cmd.Name() != "bash" {
		return // no command has a completion
	}
	cmd.RunE = func(c *cobra.Command, _ []string) error {
		var script bytes.Buffer
		descriptions := true
		if f := c.Flags().Lookup("no-descriptions"); f != nil {
			descriptions = f.Value.String() != "true"
		}
		if err := root.GenBashCompletionV2(&script, descriptions); err != nil {
			return fmt.Errorf("completion for bash: %w", err)
		}
		_, err := io.WriteString(c.OutOrStdout(), standalone(script.String()))
		return err
	}
	cmd.Long = `Generate the completion script for bash. It needs no other package.

In the current shell:

  source <(otlog completion bash)

In every new shell, on Linux:

  otlog completion bash > ~/.local/share/bash-completion/completions/otlog

The bash-completion package reads that directory. Without it, or on macOS, add the first command to
~/.bashrc.`
}

// standalone replaces the functions of the bash-completion package in a script.
func standalone(script string) string {
	script = strings.Replace(script, `_get_comp_words_by_ref "$@" cur prev words cword`, "__otlog_words", 1)
	script = strings.ReplaceAll(script, "_filedir", "__otlog_files")
	head, rest, _ := strings.Cut(script, "\n")
	return head + "\n" + bashFunctions + rest
}

// bashFunctions take the place of functions of the bash-completion package.
const bashFunctions = `
# Sets words, cword, cur and prev. COMP_WORDS is split at = and :, too; words is split at blanks only.
__otlog_words()
{
    local rest=$COMP_LINE i word
    words=() cword=0
    for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
        word=${COMP_WORDS[i]}
        if ((i > 0)) && [[ -n $rest && $rest == "$word"* && $rest != [[:space:]]* && ${words[*]: -1}$word == *[=:]* ]]; then
            words[${#words[@]}-1]+=$word
        else
            words+=("$word")
            rest=${rest#"${rest%%[![:space:]]*}"}
        fi
        rest=${rest#"$word"}
        if ((i == COMP_CWORD)); then
            cword=$((${#words[@]} - 1))
        fi
    done
    cur=${words[cword]}
    prev=
    if ((cword > 0)); then
        prev=${words[cword-1]}
    fi
}

# Offers files, or with -d directories.
__otlog_files()
{
    local kind=-f file
    if [[ ${1-} == -d ]]; then
        kind=-d
    fi
    while IFS= read -r file; do
        COMPREPLY+=("$file")
    done < <(compgen $kind -- "$cur")
}
`
