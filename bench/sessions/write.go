package sessions

import (
	"encoding/base64"
	"io"
	"strconv"
	"strings"
	"time"
)

// Records are templates in which only identities, times and a few numbers differ, so that writing
// needs no escapes and no formatting.

// A template is text with holes, cut into its pieces.
type template []piece

// A piece is literal text and the hole after it.
type piece struct {
	text string
	hole hole
	id   identity // if the hole is for an identity
}

// A hole says what to insert.
type hole uint8

const (
	noHole  hole = iota
	anID         // {I}, {C}, …
	millis       // {t}: the time in ms since 1970
	instant      // {z}: the time as RFC 3339
	number       // {n}: 100 to 999
)

// An identity is an ID in the records of a session.
type identity uint8

const (
	noIdentity identity = iota
	sessionI
	sessionJ
	connectionC
	connectionD
	clientP
	streamT
	streamU
	streamR
	subscriberB
	numIdentities
)

// identityOf returns the identity of a letter, and its key in JSON.
func identityOf(letter byte) (id identity, key string) {
	switch letter {
	case 'I':
		return sessionI, "sessionId"
	case 'J':
		return sessionJ, "sessionId"
	case 'C':
		return connectionC, "connectionId"
	case 'D':
		return connectionD, "connectionId"
	case 'P':
		return clientP, "clientInstanceId"
	case 'T':
		return streamT, "streamId"
	case 'U':
		return streamU, "streamId"
	case 'R':
		return streamR, "streamId"
	case 'B':
		return subscriberB, "subscriberId"
	}
	return noIdentity, ""
}

// parseTemplate cuts a template at its holes, each a letter in braces.
func parseTemplate(text string) (t template) {
	from := 0
	for i := 0; i+2 < len(text); i++ {
		if text[i] != '{' || text[i+2] != '}' {
			continue
		}
		p := piece{text: text[from:i]}
		switch letter := text[i+1]; letter {
		case 't':
			p.hole = millis
		case 'z':
			p.hole = instant
		case 'n':
			p.hole = number
		default:
			p.hole = anID
			p.id, _ = identityOf(letter)
		}
		t = append(t, p)
		from = i + len("{x}")
	}
	return append(t, piece{text: text[from:]})
}

// posted returns the template of a telemetry event with further members.
func posted(action, variation, fields, more string) string {
	return `{"clientSystemTime":{t},"action":"` + action + `","variation":"` + variation + `"` + more + fieldsOf(fields) + "}\n"
}

// printed returns the template of a console line in an application's log.
func printed(level, message, fields string) string {
	return `{"timestamp":"{z}","level":"` + level + `","message":"` + message + `"` + fieldsOf(fields) + "}\n"
}

// fieldsOf returns the members that letters denote.
func fieldsOf(letters string) string {
	var b strings.Builder
	for i := range len(letters) {
		_, key := identityOf(letters[i])
		b.WriteString(`,"` + key + `":"{` + letters[i:i+1] + `}"`)
	}
	return b.String()
}

// chats are harmless messages of an application. No text has a number where a code could be.
var chats = [...]string{
	"heartbeat ok rtt={n} ms queue_depth={n}, {n} kbps sent and {n} kbps received since the last one",
	"layout recalculated for the grid view in {n} ms, picture by picture, no frame dropped in the last minute",
	"stats: bitrate_kbps={n} jitter_ms={n} fps=30, network quality good, nothing to do until the next report",
}

// identities are the IDs of one session, each in its own place.
type identities [numIdentities][sessionLength]byte

const (
	sessionLength = 70 // bytes of a session ID
	uuidLength    = 36
)

func (x *identities) of(id identity) []byte {
	if id == sessionI || id == sessionJ {
		return x[id][:]
	}
	return x[id][:uuidLength]
}

// draw draws the identities that a script uses.
func (x *identities) draw(r, ids *rng, uses uint32, now int64) {
	for id := sessionI; id < numIdentities; id++ {
		switch {
		case uses>>id&1 == 0:
		case id == sessionI || id == sessionJ:
			putSession(&x[id], r, ids, now)
		default:
			putUUID(x[id][:uuidLength], r)
		}
	}
}

// letters are the 64 digits of base64.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// putSession writes the ID of a recently created session. ids draws no number twice, and the ID
// contains the whole number, so IDs are distinct.
func putSession(id *[sessionLength]byte, r, ids *rng, now int64) {
	var room [51]byte // a multiple of three bytes needs no padding in base64
	x := r.next()
	raw := append(room[:0], "1~4501234"...)
	raw = append(raw, '0'+byte(x%8), '~', '~')
	raw = strconv.AppendInt(raw, now-int64(x>>32%600_000), 10)
	raw = append(raw, '~')
	raw = appendLetters(raw, ids.next(), 11)
	raw = appendLetters(raw, x, 10)
	raw = append(raw, "ab~~"...)
	copy(id[:], "2_")
	base64.URLEncoding.Encode(id[2:], raw)
}

// appendLetters writes n letters, each for six bits of x.
func appendLetters(b []byte, x uint64, n int) []byte {
	for range n {
		b = append(b, letters[x&63])
		x >>= 6
	}
	return b
}

// putUUID writes a random UUID of version 4.
func putUUID(id []byte, r *rng) {
	const digits = "0123456789abcdef"
	x, n := r.next(), 0
	for i := range id {
		if n == 16 {
			x, n = r.next(), 0
		}
		switch i {
		case 8, 13, 18, 23:
			id[i] = '-'
			continue
		case 14:
			id[i] = '4'
		case 19:
			id[i] = "89ab"[x&3]
		default:
			id[i] = digits[x&15]
		}
		x >>= 4
		n++
	}
}

// A pen writes records to a buffer.
type pen struct {
	buf  []byte
	day  int64    // of the last record, since 1970
	date [11]byte // of day: 2026-11-16T
}

// flushAt is the size of the buffer at which it is written.
const flushAt = 256 << 10

// flush writes the buffer to w if it holds at least size bytes.
func (p *pen) flush(w io.Writer, size int) error {
	if len(p.buf) < size {
		return nil
	}
	_, err := w.Write(p.buf)
	p.buf = p.buf[:0]
	return err
}

// write appends a record with a time, in ms since 1970, and returns its size in bytes.
func (p *pen) write(t template, ms int64, ids *identities, r *rng) int {
	b := p.buf
	for i := range t {
		b = append(b, t[i].text...)
		switch t[i].hole {
		case anID:
			b = append(b, ids.of(t[i].id)...)
		case millis:
			b = strconv.AppendInt(b, ms, 10)
		case instant:
			b = p.appendInstant(b, ms)
		case number:
			b = strconv.AppendInt(b, int64(100+r.n(900)), 10)
		}
	}
	written := len(b) - len(p.buf)
	p.buf = b
	return written
}

// appendInstant writes ms since 1970 as RFC 3339 in UTC.
func (p *pen) appendInstant(b []byte, ms int64) []byte {
	day, rest := ms/msPerDay, int(ms%msPerDay)
	if day != p.day {
		p.day = day
		copy(p.date[:], time.UnixMilli(ms).UTC().Format("2006-01-02T"))
	}
	h, m, s, f := rest/3_600_000, rest/60_000%60, rest/1000%60, rest%1000
	b = append(b, p.date[:]...)
	return append(b, digit(h/10), digit(h%10), ':', digit(m/10), digit(m%10), ':', digit(s/10), digit(s%10),
		'.', digit(f/100), digit(f/10%10), digit(f%10), 'Z')
}

func digit(n int) byte { return byte('0' + n) }

// An rng is splitmix64: small, fast, and the same on every machine. It draws no number twice before it
// has drawn all.
type rng struct{ state uint64 }

func newRNG(seed uint64) rng { return rng{seed} }

func (r *rng) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// n returns a number in [0, k).
func (r *rng) n(k int) int { return int((r.next() >> 32) * uint64(k) >> 32) }
