package stream

import (
	"os"
	"syscall"
)

// isClosed reports whether out was closed when the program began. Go has then opened /dev/null for it,
// for reading and writing. A shell opens /dev/null for writing only. A program that wants no output
// from another, such as daemon(3), may open it for both too, but for standard error as well.
func isClosed(out, err *os.File) bool { return isSubstitute(out) && !isSubstitute(err) }

func isSubstitute(f *os.File) bool {
	var have, null syscall.Stat_t
	if syscall.Fstat(int(f.Fd()), &have) != nil || syscall.Stat(os.DevNull, &null) != nil || have.Mode&syscall.S_IFMT != syscall.S_IFCHR || have.Rdev != null.Rdev {
		return false
	}
	flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, f.Fd(), syscall.F_GETFL, 0)
	// The flag that closes a file in programs that are started says here how it was opened: Python opens
	// subprocess.DEVNULL with it.
	return errno == 0 && flags&(syscall.O_ACCMODE|syscall.O_CLOEXEC) == syscall.O_RDWR
}
