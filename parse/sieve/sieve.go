// Package sieve separates the logs in directories and archives from other files, by their content.
package sieve

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/otlog/otlog/parse/pattern"
)

// A Sieve counts the files of directories, and the members of archives, that are left out because
// they are not logs by their content. Files that the user names are always read; those named like a log
// are, unless otlog wrote them. The zero Sieve has seen none. Its methods may be called by several goroutines.
type Sieve struct {
	mu   sync.Mutex
	left LeftOut
	none map[string]int // files without any log, by directory
}

// LeftOut returns the files that were left out so far.
func (s *Sieve) LeftOut() LeftOut {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out LeftOut
	out.Add(&s.left)
	return out
}

// None returns how many files of a directory contain no log.
func (s *Sieve) None(dir string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.none[dir]
}

// Add adds what was left out of one file. If none is true, the file contains no log; dir is the
// directory that the user named, "" if it is not from one.
func (s *Sieve) Add(left *LeftOut, dir string, none bool) {
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
type LeftOut [numWhys]Files

// Files are the files that are left out for one reason.
type Files struct {
	Count int64
	Names []string // the first few in the order of names
}

// maxNames is the number of Files.Names.
const maxNames = 3

// Add adds other files.
func (l *LeftOut) Add(other *LeftOut) {
	for why := range other {
		l[why].add(other[why].Count, other[why].Names...)
	}
}

// Note adds one file.
func (l *LeftOut) Note(why Why, name string) { l[why].add(1, name) }

func (f *Files) add(files int64, names ...string) {
	f.Count += files
	f.Names = append(slices.Clip(f.Names), names...)
	slices.Sort(f.Names)
	f.Names = f.Names[:min(len(f.Names), maxNames)]
}

// Files returns the number of all files.
func (l *LeftOut) Files() (n int64) {
	for why := range l {
		n += l[why].Count
	}
	return n
}

// String lists the reasons, without names.
func (l *LeftOut) String() string {
	var out []string
	for why := range l {
		if n := l[why].Count; n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, Why(why).Words()))
		}
	}
	return strings.Join(out, ", ")
}

// A NoLog is the error of a text that is not a log.
type NoLog struct{ Why Why }

func (e NoLog) Error() string { return "not a log: " + e.Why.Words() }

// Judge returns a NoLog if the first bytes of a text do not look like a log. timed is how many of
// its first records have a time.
func Judge(name string, head []byte, records, timed int) error {
	switch {
	case isSourceName(name):
		if timed == 0 || timed*2 < records {
			return NoLog{SourceCode}
		}
	case timed == 0 && !statesTime.Match(head) && !sdkText.Match(head):
		return NoLog{NoSign}
	}
	return nil
}

// LooksLikeLog reports whether a text in a format that is not supported looks like a log of the
// SDK, so that the user has to know.
func LooksLikeLog(head []byte) bool { return sdkText.Match(head) && statesTime.Match(head) }

// HasWords reports whether a text contains words that only the SDK writes.
func HasWords(text []byte) bool {
	// A regular expression tries every byte; all words start alike.
	const longest = len("OT.exception")
	for at := 0; ; at++ {
		n := bytes.IndexByte(text[at:], 'O')
		if n < 0 {
			return false
		}
		at += n
		rest := text[at:]
		if (bytes.HasPrefix(rest, []byte("OT")) || bytes.HasPrefix(rest, []byte("OpenTok:"))) && sdkWords.Match(text[max(at-1, 0):at+min(longest, len(rest))]) {
			return true
		}
	}
}

// HasTime reports whether a text contains a time of day with seconds.
func HasTime(text []byte) bool { return statesTime.Match(text) }

// FindSession returns the first session ID in a text, nil if there is none.
func FindSession(text []byte) []byte { return sessionID.Find(text) }

// IsOfSDK reports whether a text says what only a log of the SDK says: words of the SDK, with a time
// or a session ID.
func IsOfSDK(text []byte) bool {
	return sdkWords.Match(text) && (sessionID.Match(text) || statesTime.Match(text))
}

// IsOutput reports whether a text is a report or events that otlog wrote: they repeat the errors of
// logs.
func IsOutput(head []byte) bool {
	for _, o := range outputs {
		if bytes.Contains(head, o.word) && o.start.Match(head) {
			return true
		}
	}
	return false
}

// outputs are what otlog writes: a word that is faster to find than the start of the output.
var outputs = []struct {
	word  []byte
	start *pattern.Pattern
}{
	{[]byte("otlog "), pattern.New(`^(?:[^\n]*\n){0,5}(?:##? )?otlog (?:report|diff|session): `)}, // after the headline
	{[]byte(`"tool_version": `), pattern.New(`^\{\s*"schema_version": [0-9]+,\s*"tool_version": `)},
	{[]byte("window_start,"), pattern.New(`^window_start,(?:baseline_start,)?method,`)},
	{[]byte(`,"source":"`), pattern.New(`^\{"time":(?:null|"[^"]*"),"source":"(?:[^"\\]|\\.)*","line":[0-9]+,"session":`)},
}

// statesTime matches a time of day with seconds, anywhere in a line.
var statesTime = pattern.New(`(?:^|[^0-9A-Fa-f:.])[0-2][0-9]:[0-5][0-9]:[0-5][0-9](?:[^0-9A-Fa-f:]|$)`)

// sdkText matches a session ID, the prefix of the SDK's lines, the name of an error, and a key of
// telemetry.
var sdkText = pattern.New(`\b[12]_MX[45][0-9A-Za-z+_-]{15}|OpenTok:[A-Z]|OT\.exception|\bOT_[A-Z]|"clientSystemTime"`)

var (
	sdkWords  = pattern.New(`OpenTok:[A-Z]|OT\.exception|\bOT_[A-Z]`)
	sessionID = pattern.New(`\b[12]_MX[45][0-9A-Za-z+_-]{15,}=*`)
)

// IsLogName reports whether a file or member is named like a log.
func IsLogName(name string) bool {
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
	".m .mm .c .cc .cpp .h .hpp .cs .php .rs .scala .dart .sh .bat .ps1 .md .mdx .rst .adoc .tex .yml .yaml .toml .ini .diff .patch ")

// extensionOf returns the extension that says what a file contains, in lower case: not that of a
// compression or a rotation (app.log.2.gz, app.log-20261102, app.log.zip).
func extensionOf(name string) string {
	name = strings.ToLower(path.Base(name))
	for {
		ext := path.Ext(name)
		switch ext {
		case ".gz", ".zst", ".zstd", ".gzip", ".bz2", ".xz", ".lz4", ".br", ".sz", ".zip", ".tar", ".tgz":
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
