package corpus

import (
	"encoding/base64"
	"math"
	"strconv"
)

// An rng is splitmix64: small, fast, and the same on every machine.
type rng struct{ state uint64 }

func newRNG(seed uint64) rng { return rng{seed ^ 0x6f746c6f67} }

func (r *rng) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// n returns a number in [0, k).
func (r *rng) n(k int) int { return int((r.next() >> 32) * uint64(k) >> 32) }

func (r *rng) float() float64 { return float64(r.next()>>11) / (1 << 53) }

func (r *rng) chance(p float64) bool { return r.float() < p }

// exp returns an exponentially distributed number with mean 1.
func (r *rng) exp() float64 { return -math.Log1p(-r.float()) }

// pick returns one of list.
func pick[T any](r *rng, list []T) T { return list[r.n(len(list))] }

// A clock writes times and remembers the day it wrote last.
type clock struct {
	day  int64
	date [11]byte // "2006-01-02T"
}

// append writes ms, milliseconds since 1970, as RFC 3339 in UTC.
func (c *clock) append(b []byte, ms int64) []byte {
	day, rest := ms/msPerDay, int(ms%msPerDay)
	if day != c.day || c.date[4] == 0 {
		c.day = day
		copy(c.date[:], instant(day*msPerDay))
	}
	b = append(b, c.date[:]...)
	h, m, s, f := rest/3_600_000, rest/60_000%60, rest/1000%60, rest%1000
	return append(b,
		digit(h/10), digit(h%10), ':', digit(m/10), digit(m%10), ':', digit(s/10), digit(s%10),
		'.', digit(f/100), digit(f/10%10), digit(f%10), 'Z')
}

func digit(n int) byte { return byte('0' + n) }

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

const hexDigits = "0123456789abcdef"

// appendHex writes n hexadecimal digits of x.
func appendHex(b []byte, x uint64, n int) []byte {
	for range n {
		b = append(b, hexDigits[x&15])
		x >>= 4
	}
	return b
}

// appendUUID writes a random version 4 UUID.
func appendUUID(b []byte, r *rng) []byte {
	x, y := r.next(), r.next()
	b = append(appendHex(b, x, 8), '-')
	b = append(appendHex(b, x>>32, 4), '-', '4')
	b = append(appendHex(b, x>>48, 3), '-', "89ab"[x>>62])
	b = append(appendHex(b, y, 3), '-')
	return appendHex(b, y>>16, 12)
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// sessionID returns an ID in the form of the service: base64 of the API key, the time of creation
// and random text, in the URL alphabet, with `-` for padding.
func sessionID(r *rng, key string, created int64) []byte {
	raw := append([]byte("1~"), key...)
	raw = append(raw, "~~"...)
	raw = append(appendInt(raw, created), '~')
	for range 22 + r.n(3) {
		raw = append(raw, letters[r.n(len(letters))])
	}
	raw = append(raw, "~~"...)
	id := append(make([]byte, 0, 76), "12"[r.n(2)], '_')
	id = base64.URLEncoding.AppendEncode(id, raw)
	for i := len(id) - 1; id[i] == '='; i-- {
		id[i] = '-'
	}
	return id
}

// plain marks the bytes that need no escape in a JSON string.
var plain = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= ' ' && c != '"' && c != '\\'
	}
	return
}()

// appendEscaped writes text as the inside of a JSON string.
func appendEscaped(b, text []byte) []byte {
	from := 0
	for i, c := range text {
		if plain[c] {
			continue
		}
		b = append(b, text[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(b, text[from:]...)
}

// A template is text with holes, cut into its pieces.
type template []piece

// A piece is literal text and the hole after it; 0 is no hole.
type piece struct {
	text string
	hole byte
}

// parse cuts a template. A hole is {x} with one letter:
//
//	n  1 to 99           k  1000 to 99 999      m  1 to 5000
//	f  0.00 to 9.99      u  a UUID              x  8 hexadecimal digits
//	s  the stream ID     c  the connection ID   N  a mutated error name
func parse(text string) (t template) {
	from := 0
	for i := 0; i+2 < len(text); i++ {
		if text[i] == '{' && text[i+2] == '}' {
			t = append(t, piece{text[from:i], text[i+1]})
			from = i + 3
		}
	}
	return append(t, piece{text[from:], 0})
}

func parseAll(texts ...string) []template {
	list := make([]template, len(texts))
	for i, text := range texts {
		list[i] = parse(text)
	}
	return list
}

// expand fills the holes of t.
func (g *generator) expand(b []byte, t template, s *session, near mutation) []byte {
	for _, p := range t {
		b = append(b, p.text...)
		switch p.hole {
		case 'n':
			b = appendInt(b, int64(1+g.rng.n(99)))
		case 'k':
			b = appendInt(b, int64(1000+g.rng.n(99_000)))
		case 'm':
			b = appendInt(b, int64(1+g.rng.n(5000)))
		case 'f':
			x := g.rng.n(1000)
			b = append(b, digit(x/100), '.', digit(x/10%10), digit(x%10))
		case 'u':
			b = appendUUID(b, &g.rng)
		case 'x':
			b = appendHex(b, g.rng.next(), 8)
		case 's':
			b = append(b, s.stream...)
		case 'c':
			b = append(b, s.connection...)
		case 'N':
			b = near.append(b, pick(&g.rng, prefixed))
		}
	}
	return b
}
