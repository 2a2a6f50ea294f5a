package unnamed

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

// deleteOnClose is FILE_FLAG_DELETE_ON_CLOSE: the system removes the file when its last handle is
// closed, which it is when the process has ended.
const deleteOnClose = 0x04000000

func create(dir string) (*os.File, error) {
	for {
		name := filepath.Join(dir, "otlog-"+strconv.FormatUint(rand.Uint64(), 36))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL|deleteOnClose, 0o600)
		if !os.IsExist(err) {
			return f, err
		}
	}
}
