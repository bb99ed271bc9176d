package export

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A File is one that was written, with what its reader may check.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// sumsName is the file of checksums, in the form that sha256sum -c reads.
const sumsName = "SHA256SUMS"

// sums is the text of the file of checksums.
func sums(files []File) string {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%s  %s\n", f.SHA256, f.Name)
	}
	return b.String()
}

// A sink takes files one after another: those of a folder, or those of a ZIP.
type sink interface {
	// create begins a file, which ends when the next one begins or the sink is closed.
	create(name string) (io.Writer, error)
	close() error
}

// folder is a sink in a folder.
type folder struct {
	dir  string
	open *os.File
}

func (f *folder) create(name string) (io.Writer, error) {
	if err := f.end(); err != nil {
		return nil, err
	}
	var err error
	f.open, err = os.OpenFile(filepath.Join(f.dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	return f.open, err
}

func (f *folder) end() error {
	if f.open == nil {
		return nil
	}
	err := errors.Join(f.open.Sync(), f.open.Close())
	f.open = nil
	return err
}

func (f *folder) close() error { return f.end() }

// zipped is a sink in a ZIP, which can be written where nothing can be sought.
type zipped struct {
	w   *zip.Writer
	now time.Time
}

func (z *zipped) create(name string) (io.Writer, error) {
	return z.w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: z.now})
}

func (z *zipped) close() error { return z.w.Close() }

// A tally passes bytes on, counts them and sums them up.
type tally struct {
	to  io.Writer
	n   int64
	sum hash.Hash
}

func newTally(to io.Writer) *tally { return &tally{to: to, sum: sha256.New()} }

func (t *tally) Write(b []byte) (int, error) {
	n, err := t.to.Write(b)
	t.n += int64(n)
	t.sum.Write(b[:n])
	return n, err
}

func (t *tally) file(name string) File {
	return File{Name: name, Bytes: t.n, SHA256: hex.EncodeToString(t.sum.Sum(nil))}
}

// parts writes the files of an export into a sink and their checksums last.
type parts struct {
	sink  sink
	files []File
}

// add writes a file.
func (p *parts) add(name string, write func(w io.Writer) error) error {
	to, err := p.sink.create(name)
	if err != nil {
		return err
	}
	t := newTally(to)
	if err := write(t); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p.files = append(p.files, t.file(name))
	return nil
}

// end writes the checksums and closes the sink.
func (p *parts) end() error {
	to, err := p.sink.create(sumsName)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(to, sums(p.files)); err != nil {
		return err
	}
	return p.sink.close()
}
