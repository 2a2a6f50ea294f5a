package classify

// A word is a run of letters, digits and underscores of ASCII. Names and phrases are found only
// as whole words: OT_TIMEOUTS and NOT_OT_TIMEOUT are not OT_TIMEOUT. The letters of a JSON
// escape do not belong to the word after them.

// isWord reports whether c belongs to a word.
func isWord(c byte) bool { return inWord[c] }

// inWord takes half the time of four comparisons.
var inWord = func() (t [256]bool) {
	for c := range t {
		t[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
	}
	return t
}()

// wordStart returns the start of the word that ends at end.
func wordStart(text []byte, end int) int {
	for end > 0 && isWord(text[end-1]) {
		end--
	}
	return end
}

// wordEnd returns the end of the word that starts at start.
func wordEnd(text []byte, start int) int {
	for start < len(text) && isWord(text[start]) {
		start++
	}
	return start
}

// joined reports whether the bytes before and after the offset at belong to one word.
func joined(text []byte, at int) bool {
	if at == 0 || at == len(text) || !isWord(text[at]) || !isWord(text[at-1]) {
		return false
	}
	return escapeLetters(text, wordStart(text, at)) == 0
}

// escapeLetters returns how many letters at start belong to a backslash or a percent sign before
// them. If a text contains JSON or a URL, a name may follow an escape that has not been resolved:
// {"stack":"Error\nOT_TIMEOUT"}, %22OT_TIMEOUT%22.
func escapeLetters(text []byte, start int) int {
	if start > 0 && text[start-1] == '%' && start+1 < len(text) && isHex(text[start]) && isHex(text[start+1]) {
		return 2
	}
	slashes := 0
	for slashes < start && text[start-1-slashes] == '\\' {
		slashes++
	}
	if slashes%2 == 0 {
		return 0
	}
	switch text[start] {
	case 'n', 't', 'r', 'b', 'f':
		return 1
	case 'u':
		return min(5, len(text)-start)
	case 'x': // nginx
		return min(3, len(text)-start)
	}
	return 0
}

func isHex(c byte) bool { return isDigit(c) || 'A' <= c && c <= 'F' || 'a' <= c && c <= 'f' }
