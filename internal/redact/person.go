package redact

import (
	"net/netip"
	"strings"
)

// What replaces personal data.
const (
	eMail   = "[e-mail]"
	address = "[IP]"
)

// mail returns the e-mail address whose @ is at a byte of s, and nothing before from. at is its start; end
// is 0 if there is none.
func mail(s string, sign, from int) (at, end int) {
	at = localStart(s, sign, from)
	if at == sign || s[at:sign] == "git" { // the user of repositories
		return 0, 0
	}
	end = sign + read(s, sign).size
	const longest = 255
	var d domain
	for begin := end; end-begin < longest; {
		m := read(s, end)
		next := read(s, end+m.size).char
		switch {
		case m.char == '.' && d.label > 0 && (isLetter(next) || isDigit(next) || next >= 0x80):
			d.dot()
		case isLetter(m.char) || isDigit(m.char) || m.char == '-' || m.char >= 0x80:
			d.add(m.char)
		default:
			return d.check(s, at, end)
		}
		end += m.size
	}
	return d.check(s, at, end)
}

// A domain is what is known of the name after an @ when it has been read.
type domain struct {
	dots          int
	label         int      // length of the last label
	last          [16]byte // its start, in lower case
	named, before bool     // the last label, and the one before, have at least two characters and no digit
}

func (d *domain) add(c byte) {
	if d.label < len(d.last) {
		d.last[d.label] = c | 0x20
	}
	d.named = (d.label == 0 || d.named) && !isDigit(c)
	d.label++
}

func (d *domain) dot() {
	d.before = d.named && d.label > 1
	d.dots, d.label = d.dots+1, 0
}

// check returns the e-mail address from one byte of s to another if its domain is one: no version, no name of
// a file, and no place in a program, as in react@18.2.0, icon@2x.png and connect@app.min.js:1:2.
func (d *domain) check(s string, from, to int) (at, end int) {
	if d.dots == 0 || d.label < 2 || !d.named {
		return 0, 0
	}
	switch string(d.last[:min(d.label, len(d.last))]) {
	case "js", "mjs", "cjs", "jsx", "ts", "tsx", "java", "kt", "swift", "py", "cc", "cs", "vue", "wasm", "html":
		if m := read(s, to); !d.before || m.char == ':' && isDigit(read(s, to+m.size).char) {
			return 0, 0
		}
	case "css", "png", "jpg", "jpeg", "gif", "svg", "webp", "json", "log", "txt", "gz", "tgz", "zip":
		if !d.before {
			return 0, 0
		}
	}
	return from, to
}

// localStart returns where the part of an e-mail address before its @ begins, not before from.
func localStart(s string, sign, from int) int {
	const longest = 96 // 64 characters, some of them encoded
	at := sign
	for at > max(from, sign-longest) {
		if n := escapeBefore(s, at); n > 0 && at-n >= from {
			if !isLocal(read(s, at-n).char) {
				return at
			}
			at -= n
			continue
		}
		if !isLocal(s[at-1]) {
			return at
		}
		at--
	}
	return at
}

// isLocal reports whether a byte may be in an e-mail address before its @.
func isLocal(c byte) bool {
	return isWord(c) || c == '.' || c == '+' || c >= 0x80
}

// escapeBefore returns the length of the encoded character that ends before a byte of s, 0 if there is none.
func escapeBefore(s string, at int) int {
	if at == 0 || !isWord(s[at-1]) {
		return 0
	}
	for _, n := range [...]int{2, 3, 4, 5, 6} {
		if n > at || s[at-n] != '%' && s[at-n] != '\\' {
			continue
		}
		if m := read(s, at-n); m.size == n && m.as != plain {
			return n
		}
	}
	return 0
}

// isFresh reports whether a number or a name may begin at a byte of s.
func isFresh(s string, at int) bool {
	if at == 0 {
		return true
	}
	if c := s[at-1]; !isLetter(c) && !isDigit(c) && c != '_' && c != '.' && c < 0x80 {
		return true
	}
	return isWord(s[at-1]) && escapeBefore(s, at) > 0
}

// ip returns the end of the IP address that begins at a byte of s, 0 if there is none. Addresses of the
// machine itself (127.0.0.1, ::1) and of none (0.0.0.0, ::) are of nobody.
func ip(s string, at int) int {
	fresh := isFresh(s, at)
	if !fresh && !mayBegin4(s, at) {
		return 0
	}
	if s[at] == ':' && at > 0 && s[at-1] == ':' {
		return 0 // of the same run
	}
	if group := at + hexDigits(s[at:]); group == len(s) || group-at > 4 || strings.IndexByte(".:%&\\", s[group]) < 0 {
		return 0 // most words end otherwise
	}
	const longest = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255") + 1
	var text [longest]byte
	var ends [longest]int // of each character, in s
	n, colons, dots := 0, 0, 0
	for end := at; n < longest; n++ {
		m := read(s, end)
		switch {
		case m.size == 0:
		case m.char == ':':
			colons++
		case m.char == '.':
			dots++
		case isDigit(m.char) || 'a' <= m.char|0x20 && m.char|0x20 <= 'f':
		default:
			m.size = 0
		}
		if m.size == 0 {
			break
		}
		end += m.size
		text[n], ends[n] = m.char, end
	}
	if dots >= 3 {
		if size := quad(text[:n]); size > 0 {
			if !isPerson4(s, at, ends[size-1], text[:size]) {
				return 0
			}
			return ends[size-1]
		}
	}
	if colons < 2 || n == longest || !fresh {
		return 0
	}
	for n > 0 && (text[n-1] == '.' || text[n-1] == ':' && (n < 2 || text[n-2] != ':')) {
		n--
	}
	if n == 0 || isWord(read(s, ends[n-1]).char) {
		return 0
	}
	a, err := netip.ParseAddr(string(text[:n]))
	if err != nil || !isPerson6(a, text[:n]) {
		return 0
	}
	return zoneEnd(s, ends[n-1])
}

// mayBegin4 reports whether an IPv4 address may begin at a byte of s that is part of a word, as in
// client_203.0.113.7.
func mayBegin4(s string, at int) bool {
	switch c := s[at-1]; {
	case !isDigit(s[at]) || isDigit(c):
		return false
	case c == '.':
		return at > 1 && !isDigit(s[at-2])
	}
	return true
}

// hexDigits returns how many hexadecimal digits begin a text, at most 5.
func hexDigits(s string) int {
	n := 0
	for n < min(len(s), 5) && (isDigit(s[n]) || 'a' <= s[n]|0x20 && s[n]|0x20 <= 'f') {
		n++
	}
	return n
}

// zoneEnd returns the end of the zone of an address, as in fe80::1%eth0.
func zoneEnd(s string, at int) int {
	for _, sign := range [...]string{"%25", "%"} {
		if !strings.HasPrefix(s[at:], sign) {
			continue
		}
		if end := at + len(sign); end < len(s) && isLetter(s[end]) && read(s, at).as == plain || sign == "%25" && end < len(s) && isLetter(s[end]) {
			return wordEnd(s, end)
		}
	}
	return at
}

// quad returns the length of four numbers separated by full stops at the start of a text, 0 if there are
// none.
func quad(text []byte) int {
	at := 0
	for part := range 4 {
		n, digits := 0, 0
		for at < len(text) && isDigit(text[at]) && digits < 4 {
			n = 10*n + int(text[at]-'0')
			at++
			digits++
		}
		if digits == 0 || n > 255 || digits > 1 && text[at-digits] == '0' {
			return 0
		}
		if part == 3 {
			break
		}
		if at == len(text) || text[at] != '.' {
			return 0
		}
		at++
	}
	if at < len(text) && text[at] != '.' && text[at] != ':' || at+1 < len(text) && text[at] == '.' && isDigit(text[at+1]) {
		return 0 // five numbers, or a name
	}
	return at
}

// isPerson4 reports whether four numbers in s are the address of somebody, and no version.
func isPerson4(s string, from, to int, text []byte) bool {
	name := string(text)
	if strings.HasPrefix(name, "127.") || strings.HasPrefix(name, "0.") || strings.HasSuffix(name, ".0.0.0") {
		return false
	}
	digits := strings.IndexByte(name, '.') // of the first number
	if next := read(s, to); next.size > 0 && isWord(next.char) && (next.char != '-' || !isDigit(read(s, to+next.size).char)) {
		if digits == 1 || isPreRelease(s[to:]) {
			return false // 1.2.3.4-beta
		}
	}
	before := strings.ToLower(s[max(0, from-len("headlesschrome/")-6):from])
	if n := len(before); digits == 1 && n > 1 && (before[n-1] == '-' || before[n-1] == '_' || before[n-1] == '.' || isLetter(before[n-1])) &&
		!isDigit(before[n-2]) && !strings.HasSuffix(before, "ip-") && escapeBefore(s, from) == 0 {
		return false // client-1.2.3.4
	}
	if v, ok := strings.CutSuffix(before, "v"); ok && (v == "" || !isLetter(v[len(v)-1])) {
		return false // v1.2.3.4
	}
	before = strings.TrimRight(before, " :=\"'/@\\(-_")
	for _, word := range browsers {
		if strings.HasSuffix(before, word) {
			return false
		}
	}
	if strings.HasSuffix(before, "version") {
		return false
	}
	if digits > 2 {
		return true // only browsers have such versions
	}
	for _, word := range versioned {
		if rest, ok := strings.CutSuffix(before, word); ok && (rest == "" || !isLetter(rest[len(rest)-1])) {
			return false
		}
	}
	return !strings.HasSuffix(before, "sdk")
}

// browsers precede versions whose first number may be large, versioned other versions.
var (
	browsers = [...]string{
		"chrome", "chromium", "crios", "edg", "edga", "edgios", "edge", "opr", "opera", "safari", "firefox", "fxios", "samsungbrowser", "applewebkit",
		"yabrowser", "whale", "vivaldi",
	}
	versioned = [...]string{
		"ver", "release", "build", "firmware", "electron", "opentok", "vonage", "jquery", "kernel", "linux", "android", "ios", "ipados", "macos", "windows", "nt",
		"kotlin", "java", "gradle", "swift", "xcode", "node", "npm", "python", "ruby", "php", "react", "angular", "webrtc", "openssl", "nginx", "clickhouse",
	}
)

// isPreRelease reports whether a text begins with what follows the numbers of a version.
func isPreRelease(s string) bool {
	s = strings.ToLower(strings.TrimLeft(s[:min(len(s), 16)], "-_"))
	for _, word := range [...]string{"alpha", "beta", "rc", "snapshot", "dev", "pre", "nightly"} {
		if strings.HasPrefix(s, word) {
			return true
		}
	}
	return false
}

// isPerson6 reports whether an address is of somebody. Other ranges than those of networks are mostly names
// of programs, as in face::cafe, and 8 times two digits are the address of a device.
func isPerson6(a netip.Addr, text []byte) bool {
	b := a.As16()
	switch {
	case a.IsLoopback(), a.IsUnspecified(), !strings.ContainsAny(string(text), "0123456789"):
		return false
	case a.Is4In6():
		v4 := a.Unmap()
		return !v4.IsLoopback() && !v4.IsUnspecified()
	case strings.Count(string(text), ":") == 7 && len(text) == 8*3-1:
		return false
	}
	return b[0]&0xe0 == 0x20 || b[0] == 0xfe && b[1]&0xc0 == 0x80 || b[0]&0xfe == 0xfc || b[0] == 0xff || b[0] == 0 && b[1] == 0x64
}
