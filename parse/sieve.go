package parse

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/otlog/otlog/parse/unpack"
)

// A Sieve leaves out the files of directories, and the members of archives, that are not logs by
// their content, and counts them. Files that the user names are always read; those named like a log
// are, unless otlog wrote them. The zero Sieve has seen none. Its methods may be called by several goroutines.
type Sieve struct {
	mu   sync.Mutex
	left LeftOut
	none map[string]int // files without any log, by Source.Dir
}

// LeftOut returns the files that were left out so far.
func (s *Sieve) LeftOut() LeftOut {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out LeftOut
	out.Add(&s.left)
	return out
}

// None returns how many files of a directory contain no log. dir is a Source.Dir.
func (s *Sieve) None(dir string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.none[dir]
}

// add adds what one file left out. If none is true, the file contains no log.
func (s *Sieve) add(left *LeftOut, dir string, none bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left.Add(left)
	if none && dir != "" {
		if s.none == nil {
			s.none = map[string]int{}
		}
		s.none[dir]++
	}
}

// A Why is a reason why a file is not a log.
type Why uint8

// The reasons, in the order of reports.
const (
	NotText    Why = iota // binary data
	SourceCode            // named like source code or documentation, and most records have no time
	NoSign                // no time, no session ID and no text of the SDK at its start
	NoContent             // empty
	Output                // a report or events that otlog wrote
	numWhys
)

// String returns the reason's name in JSON.
func (w Why) String() string {
	return [...]string{"not_text", "source_code", "no_sign_of_a_log", "empty", "written_by_otlog"}[w]
}

// Words returns the reason in words.
func (w Why) Words() string {
	return [...]string{"not text", "source code or documentation", "without any sign of a log", "empty", "written by otlog"}[w]
}

// A LeftOut counts the files that are not logs, by the reason. It is a sum.
type LeftOut [numWhys]LeftFiles

// LeftFiles are the files that are left out for one reason.
type LeftFiles struct {
	Files int64
	Names []string // the first few in the order of names
}

// maxLeftNames is the number of LeftFiles.Names.
const maxLeftNames = 3

// Add adds other files.
func (l *LeftOut) Add(other *LeftOut) {
	for why := range other {
		l[why].add(other[why].Files, other[why].Names...)
	}
}

func (f *LeftFiles) add(files int64, names ...string) {
	f.Files += files
	f.Names = append(slices.Clip(f.Names), names...)
	slices.Sort(f.Names)
	f.Names = f.Names[:min(len(f.Names), maxLeftNames)]
}

// Files returns the number of all files.
func (l *LeftOut) Files() (n int64) {
	for why := range l {
		n += l[why].Files
	}
	return n
}

// String lists the reasons, without names.
func (l *LeftOut) String() string {
	var out []string
	for why := range l {
		if n := l[why].Files; n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, Why(why).Words()))
		}
	}
	return strings.Join(out, ", ")
}

// A noLog is the error of a text that is not a log.
type noLog struct{ why Why }

func (e noLog) Error() string { return "not a log: " + e.why.Words() }

// whyLeft returns why a file is left out that gives err. It reports false if the file is a log, or
// may be one that cannot be read.
func whyLeft(err error) (why Why, ok bool) {
	var none noLog
	var unread *UnreadableError
	switch {
	case errors.As(err, &none):
		return none.why, true
	case errors.Is(err, ErrEmpty):
		return NoContent, true
	case errors.As(err, &unread) && unread.Binary:
		return NotText, true
	}
	return 0, false
}

// judge returns a noLog if the first bytes of the input do not look like a log. The first records
// of the input have been read.
func (in *Input) judge(text *unpack.Text) error {
	switch {
	case !text.Whole && len(text.Head) < unpack.HeadSize: // it breaks off there, so the rest is unknown
	case isSourceName(text.Name):
		if in.timed == 0 || in.timed*2 < in.sampled {
			return noLog{SourceCode}
		}
	case in.timed == 0 && !statesTime.Match(text.Head) && !showsSDK(text.Head):
		return noLog{NoSign}
	}
	return nil
}

// looksLikeLog reports whether a text in a format that is not supported looks like a log of the
// SDK, so that the user has to know.
func looksLikeLog(head []byte) bool { return showsSDK(head) && statesTime.Match(head) }

// isOutput reports whether a text is a report or events that otlog wrote: they repeat the errors of
// logs.
func isOutput(head []byte) bool { return output.Match(head) }

var output = regexp.MustCompile(`^(?:# )?otlog (?:report|diff): ` +
	`|^\{\s*"schema_version": [0-9]+,\s*"tool_version": ` +
	`|^window_start,(?:baseline_start,)?method,` +
	`|^\{"time":(?:null|"[^"]*"),"source":"(?:[^"\\]|\\.)*","line":[0-9]+,"session":`)

// statesTime matches a time of day with seconds, anywhere in a line.
var statesTime = regexp.MustCompile(`(?:^|[^0-9A-Fa-f:.])[0-2][0-9]:[0-5][0-9]:[0-5][0-9](?:[^0-9A-Fa-f:]|$)`)

// showsSDK reports whether a text contains a session ID, the prefix of the SDK's lines, the name of
// an error, or a key of telemetry.
func showsSDK(head []byte) bool {
	if start, _ := nextSession(head); start >= 0 {
		return true
	}
	return sdkText.Match(head)
}

var sdkText = regexp.MustCompile(`OpenTok:[A-Z]|OT\.exception|\bOT_[A-Z]|"clientSystemTime"`)

// isLogName reports whether a file or member is named like a log.
func isLogName(name string) bool {
	switch extensionOf(name) {
	case ".log", ".jsonl", ".ndjson", ".har", ".out", ".err":
		return true
	}
	return false
}

// isSourceName reports whether a file or member is named like source code or documentation, which
// may contain the SDK's texts.
func isSourceName(name string) bool {
	ext := extensionOf(name)
	return ext != "" && bytes.Contains(sourceNames, []byte(ext+" "))
}

var sourceNames = []byte(".js .mjs .cjs .ts .tsx .jsx .vue .svelte .map .css .scss .less .html .htm .svg .go .py .rb .java .kt .kts .swift " +
	".m .mm .c .cc .cpp .h .hpp .cs .php .rs .scala .dart .sh .bat .ps1 .sql .md .mdx .rst .adoc .tex .yml .yaml .toml .ini .diff .patch ")

// extensionOf returns the extension that says what a file contains, in lower case: not that of a
// compression or a rotation (app.log.2.gz, app.log-20261102, app.log.zip).
func extensionOf(name string) string {
	name = strings.ToLower(path.Base(name))
	for {
		ext := path.Ext(name)
		switch ext {
		case ".gz", ".zst", ".zstd", ".gzip", ".bz2", ".xz", ".lz4", ".zip", ".tar", ".tgz":
			name = strings.TrimSuffix(name, ext)
			continue
		}
		current := strings.TrimRight(name, ".-_0123456789")
		if current == name {
			return ext
		}
		name = current
	}
}
