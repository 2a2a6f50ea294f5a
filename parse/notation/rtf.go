package notation

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/otlog/otlog/parse/sieve"
)

// isRTF reports whether a text is RTF, in which editors save what is pasted into them, and contains
// what only a log of the SDK says.
func isRTF(head []byte, _ bool) bool {
	if !bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte(`{\rtf`)) {
		return false
	}
	text, _ := io.ReadAll(openRTF(bytes.NewReader(head)))
	return sieve.IsOfSDK(text)
}

func openRTF(text io.Reader) io.Reader {
	r := &rtfReader{in: bufio.NewReaderSize(text, 64<<10)}
	return &pieces{next: r.next}
}

// An rtfReader writes the lines of text in RTF.
type rtfReader struct {
	in     *bufio.Reader
	groups []rtfGroup // the open groups
	skip   int        // how many of the next characters are written for programs without Unicode
	half   rune       // the first half of a character
	any    bool       // a group was opened
}

type rtfGroup struct {
	hidden  bool // its text is not shown
	skipped int  // characters after each \u
}

const maxRTFDepth = 1000

func (r *rtfReader) next(dst []byte) ([]byte, error) {
	c, err := r.in.ReadByte()
	if err != nil {
		if err == io.EOF && len(r.groups) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return dst, err
	}
	switch c {
	case '{':
		g := rtfGroup{skipped: 1}
		if n := len(r.groups); n > 0 {
			g = r.groups[n-1]
		}
		if r.groups, r.any = append(r.groups, g), true; len(r.groups) > maxRTFDepth {
			return dst, errors.New("groups are nested too deeply")
		}
		r.skip = 0
	case '}':
		if n := len(r.groups); n > 0 {
			r.groups = r.groups[:n-1]
		}
		r.skip = 0
	case '\\':
		return r.control(dst)
	case '\r', '\n', 0: // only the layout of the file
	default:
		dst = r.write(dst, c)
	}
	return dst, nil
}

func (r *rtfReader) group() *rtfGroup {
	if n := len(r.groups); n > 0 {
		return &r.groups[n-1]
	}
	return &rtfGroup{hidden: r.any, skipped: 1} // after the last group
}

// write appends one character, if it is shown.
func (r *rtfReader) write(dst []byte, c ...byte) []byte {
	switch {
	case r.skip > 0:
		r.skip--
	case !r.group().hidden:
		dst = append(dst, c...)
	}
	return dst
}

// control takes what follows a backslash: a character or a word.
func (r *rtfReader) control(dst []byte) ([]byte, error) {
	c, err := r.in.ReadByte()
	switch {
	case err != nil:
		return dst, unexpected(err)
	case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
		return r.word(dst, c)
	}
	switch c {
	case '\'':
		digits, err := r.in.Peek(2)
		if len(digits) < 2 {
			return dst, unexpected(err)
		}
		code, err := strconv.ParseUint(string(digits), 16, 8)
		if err != nil {
			return dst, nil
		}
		r.in.Discard(2)
		return r.write(dst, utf8.AppendRune(nil, windows1252(byte(code)))...), nil
	case '\r', '\n':
		if next, _ := r.in.Peek(1); c == '\r' && string(next) == "\n" {
			r.in.Discard(1)
		}
		return r.write(dst, '\n'), nil
	case '*': // a part that a program may not know
		r.group().hidden = true
	case '~':
		return r.write(dst, ' '), nil
	case '_':
		return r.write(dst, '-'), nil
	case '{', '}', '\\':
		return r.write(dst, c), nil
	}
	return dst, nil
}

// word takes a control word, its number, and the space after it.
func (r *rtfReader) word(dst []byte, first byte) ([]byte, error) {
	const longest = 32
	word, number := []byte{first}, []byte(nil)
	for {
		next, err := r.in.Peek(1)
		if err != nil {
			if err != io.EOF {
				return dst, err
			}
			break
		}
		c := next[0]
		isDigit := '0' <= c && c <= '9'
		switch {
		case number == nil && ('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'):
			word = append(word, c)
		case isDigit || c == '-' && number == nil:
			number = append(number, c)
		case c == ' ':
			r.in.Discard(1)
			return r.apply(dst, string(word), number)
		default:
			return r.apply(dst, string(word), number)
		}
		if r.in.Discard(1); len(word)+len(number) > longest {
			return dst, errors.New("a control word of more than 32 characters")
		}
	}
	return r.apply(dst, string(word), number)
}

func (r *rtfReader) apply(dst []byte, word string, number []byte) ([]byte, error) {
	n, _ := strconv.Atoi(string(number))
	if text, ok := rtfTexts[word]; ok {
		return r.write(dst, []byte(text)...), nil
	}
	switch {
	case rtfHidden[word]:
		r.group().hidden = true
	case word == "uc":
		r.group().skipped = min(max(n, 0), 10)
	case word == "u":
		c := rune(uint16(n))
		r.skip = 0
		switch {
		case r.half != 0:
			dst, r.half = r.write(dst, utf8.AppendRune(nil, utf16.DecodeRune(r.half, c))...), 0
		case utf16.IsSurrogate(c):
			r.half = c
		default:
			dst = r.write(dst, utf8.AppendRune(nil, c)...)
		}
		r.skip = r.group().skipped
	case word == "bin":
		if _, err := io.CopyN(io.Discard, r.in, int64(max(n, 0))); err != nil {
			return dst, unexpected(err)
		}
	}
	return dst, nil
}

// rtfTexts are control words for text, rtfHidden those of groups whose text is not shown.
var (
	rtfTexts = map[string]string{
		"par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "nestrow": "\n",
		"tab": "\t", "cell": "\t", "nestcell": "\t", "emspace": " ", "enspace": " ", "qmspace": " ",
		"emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
	}
	rtfHidden = setOf("fonttbl colortbl expandedcolortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr footerf footnote themedata colorschememapping latentstyles datastore listtable listoverridetable rsidtbl filetbl revtbl generator xmlnstbl fldinst")
)

// windows1252 returns a character of the charset in which RTF is written.
func windows1252(c byte) rune {
	const high = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"
	if c < 0x80 || c >= 0xa0 {
		if c == 0xa0 {
			return ' '
		}
		return rune(c)
	}
	return []rune(high)[c-0x80]
}
