// Package stream has the byte streams of the command: output files that are written whole,
// inputs, read once, repeatedly or live, and the signals that end them.
package stream

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"github.com/otlog/otlog/internal/unnamed"
)

// WriteWhole writes a file so that a file with this name is always whole. Until it is, it has no
// name, where the system can: nothing is left, however the program ends. A new file has the mode that
// the umask allows; a file that replaces another has the mode of that one. A pipe or a device is
// written in place, and a link remains a link.
func WriteWhole(name string, write func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	old, err := os.Stat(name)
	if err == nil && !old.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(Buffered(f, write), f.Close())
	}
	w := &whole{name: name, mode: 0o666, replaces: true, write: func(f *os.File) error { return Buffered(f, write) }}
	if err == nil {
		w.mode, w.old = old.Mode().Perm(), old
	}
	return w.create()
}

// CreateWhole creates a file, whole at once, unless it exists. Its mode is that which the umask leaves
// of mode.
func CreateWhole(name string, mode fs.FileMode, content []byte) error {
	w := &whole{name: name, mode: mode, write: func(f *os.File) error {
		_, err := f.Write(content)
		return errors.Join(err, f.Sync())
	}}
	return w.create()
}

// A whole file is written before it gets its name.
type whole struct {
	name     string
	mode     fs.FileMode
	old      fs.FileInfo // that it replaces; nil: none
	replaces bool        // otherwise the name of another file stays
	write    func(*os.File) error
}

func (w *whole) create() error {
	f, err := unnamed.Linkable(filepath.Dir(w.name), w.mode)
	if err != nil {
		return w.createNamed(w.write)
	}
	defer f.Close() // for the second time, if all is well
	if err := w.fill(f, w.write); err != nil {
		return err
	}
	if w.old == nil {
		err := unnamed.Link(f, w.name)
		switch {
		case err == nil:
			return f.Close()
		case errors.Is(err, fs.ErrExist) && !w.replaces:
			return nil
		}
	}
	return w.replace(f)
}

// replace puts a file without a name in the place of another. A link cannot replace a file, but a
// rename can.
func (w *whole) replace(f *os.File) error {
	linked := false
	err := guarded(func(g *guard) error {
		return g.change(func() error {
			beside := w.beside()
			if err := unnamed.Link(f, beside); err != nil {
				return err
			}
			linked = true
			err := f.Close()
			if err == nil {
				err = os.Rename(beside, w.name)
			}
			if err != nil {
				os.Remove(beside)
			}
			return err
		})
	})
	if linked {
		return w.explain(err)
	}
	return w.createNamed(func(to *os.File) error { // no link, as without /proc
		_, err := io.Copy(to, io.NewSectionReader(f, 0, 1<<62))
		return err
	})
}

// createNamed creates the file under another name first, and removes it if a signal ends the program.
func (w *whole) createNamed(write func(*os.File) error) error {
	return w.explain(guarded(func(g *guard) error {
		err := g.change(func() (err error) {
			g.name = w.beside()
			if g.file, err = os.OpenFile(g.name, os.O_RDWR|os.O_CREATE|os.O_EXCL, w.mode); err != nil {
				g.name = ""
			}
			return err
		})
		if err != nil {
			return err
		}
		err = w.fill(g.file, write)
		return g.change(func() error {
			err := errors.Join(err, g.file.Close())
			if err == nil {
				err = w.place(g.name)
			}
			if err != nil {
				os.Remove(g.name)
			}
			g.name = ""
			return err
		})
	}))
}

// place gives a file its name.
func (w *whole) place(beside string) error {
	if w.replaces {
		return os.Rename(beside, w.name)
	}
	// A link replaces no file. File systems without links need the rename.
	if err := os.Link(beside, w.name); err == nil || errors.Is(err, fs.ErrExist) {
		return os.Remove(beside)
	}
	return os.Rename(beside, w.name)
}

// fill writes the content.
func (w *whole) fill(f *os.File, write func(*os.File) error) error {
	err := write(f)
	if w.old != nil {
		err = errors.Join(err, f.Chmod(w.mode)) // whatever the umask
	}
	return w.explain(err)
}

// beside returns a name in the directory of the file.
func (w *whole) beside() string {
	return filepath.Join(filepath.Dir(w.name), ".otlog-"+strconv.FormatUint(rand.Uint64(), 36))
}

// explain names the file in an error: nobody knows the other name.
func (w *whole) explain(err error) error {
	path, link := (*fs.PathError)(nil), (*os.LinkError)(nil)
	switch {
	case errors.As(err, &path) && filepath.Dir(path.Path) == filepath.Dir(w.name):
		path.Path = w.name
	case errors.As(err, &link):
		return &fs.PathError{Op: "write", Path: w.name, Err: link.Err}
	}
	return err
}

// Buffered writes through a buffer.
func Buffered(to io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(to, 64<<10)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}
