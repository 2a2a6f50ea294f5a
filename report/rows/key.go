package rows

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"github.com/otlog/otlog/aggregate"
)

// A Key makes hashes of sessions: whoever lacks it can neither tell the session of a
// hash, nor make the hash of a session. The same session has the same hash in all that
// was written with one key, and another one with any other key.
type Key [16]byte

// NewKey derives a key from a secret of any form and length.
func NewKey(secret []byte) Key {
	sum := sha256.Sum256(slices.Concat([]byte("otlog: key for hashes of sessions\x00"), secret))
	return Key(sum[:16])
}

// ID tells keys apart and may be known to all: it says nothing of the key.
func (k Key) ID() string {
	sum := sha256.Sum256(slices.Concat([]byte("otlog: ID of a key\x00"), k[:]))
	return hex.EncodeToString(sum[:4])
}

// Hash returns the hash of a session, as tables have it.
func (k Key) Hash(id aggregate.SessionID) (string, error) {
	h, err := newHasher(k)
	if err != nil {
		return "", err
	}
	return string(h.hash(id)), nil
}

// A hasher makes the hashes of sessions, 16 hexadecimal digits each: the first 8 bytes
// of the SessionID after AES-128.
type hasher struct {
	block      cipher.Block
	of         aggregate.SessionID // of the last hash
	plain, sum [aes.BlockSize]byte
	text       [16]byte
}

func newHasher(k Key) (*hasher, error) {
	block, err := aes.NewCipher(k[:])
	return &hasher{block: block}, err
}

// hash returns the hash of a session, nothing for none. It is good until the next call.
func (h *hasher) hash(id aggregate.SessionID) []byte {
	if id.IsZero() {
		return nil
	}
	// Frequent case first: the rows of a session follow each other.
	if id != h.of {
		h.of = id
		// As id.Bytes, without a copy.
		binary.BigEndian.PutUint64(h.plain[:8], id.Hi)
		binary.BigEndian.PutUint64(h.plain[8:], id.Lo)
		h.block.Encrypt(h.sum[:], h.plain[:])
		for i := range 2 {
			digits := hexDigits(binary.BigEndian.Uint32(h.sum[4*i:]))
			binary.BigEndian.PutUint64(h.text[8*i:], digits)
		}
	}
	return h.text[:]
}

// hexDigits returns the 8 hexadecimal digits of a number, the first one in the highest
// byte. It does all of them at once, since it is done for each session of a table.
func hexDigits(n uint32) uint64 {
	x := uint64(n)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f // each digit's value in a byte of its own
	letters := (x + 0x0606060606060606) >> 4 & 0x0101010101010101
	return x + '0'*0x0101010101010101 + letters*('a'-'9'-1)
}
