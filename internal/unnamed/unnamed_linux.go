package unnamed

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// create creates a file that never has a name. File systems without such files, as NFS, need the
// other way.
func create(dir string) (*os.File, error) {
	if f, err := open(dir, unix.O_EXCL, 0o600); err == nil { // O_EXCL: it cannot get a name later
		return f, nil
	}
	return createAndUnlink(dir)
}

// Linkable creates a file in dir that [Link] can give a name. It fails if the file system has no
// files without names.
func Linkable(dir string, mode fs.FileMode) (*os.File, error) { return open(dir, 0, mode) }

func open(dir string, flags int, mode fs.FileMode) (*os.File, error) {
	for {
		fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC|flags, uint32(mode.Perm()))
		switch err {
		case nil:
			return os.NewFile(uintptr(fd), filepath.Join(dir, "otlog-unnamed")), nil
		case unix.EINTR:
			continue
		}
		return nil, &fs.PathError{Op: "open", Path: dir, Err: err}
	}
}

// Link gives a file of [Linkable] a name. The error is [fs.ErrExist] if the name is taken.
func Link(f *os.File, name string) error {
	// Without the directory /proc, or a privilege, a file without a name cannot be linked.
	err := unix.Linkat(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(int(f.Fd())), unix.AT_FDCWD, name, unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		return &os.LinkError{Op: "link", Old: f.Name(), New: name, Err: err}
	}
	return nil
}
