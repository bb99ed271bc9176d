package extract

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"

	"github.com/richardlehane/mscfb"
)

// An oleFile holds the streams of a compound file that lie in its root, by name in
// lower case.
type oleFile map[string][]byte

// openOLE reads the streams of a compound file. Those in folders belong to embedded
// objects and are left out.
func openOLE(in input) (oleFile, error) {
	r, err := mscfb.New(bytes.NewReader(in.body))
	if err != nil {
		return nil, unreadable("复合文档结构已损坏（%v）；请打开原件另存后重试", err)
	}
	streams := oleFile{}
	room := in.limits.Bytes
	for {
		f, err := r.Next()
		if err == io.EOF {
			return streams, nil
		}
		if err != nil {
			return nil, unreadable("复合文档目录已损坏（%v）；请打开原件另存后重试", err)
		}
		name := strings.ToLower(f.Name)
		if !isInRoot(f) || streams[name] != nil {
			continue
		}
		// A stream cannot be longer than the file that holds it.
		body, err := io.ReadAll(io.LimitReader(f, min(room, int64(len(in.body)))))
		if err != nil && len(body) == 0 {
			continue
		}
		room -= int64(len(body))
		streams[name] = body
	}
}

// isInRoot reports whether a stream lies in the root, which has no name or its own.
func isInRoot(f *mscfb.File) bool {
	return !f.FileInfo().IsDir() && (len(f.Path) == 0 || len(f.Path) == 1 && strings.EqualFold(f.Path[0], "root entry"))
}

// oleNames returns the names of the streams in the root of a compound file, in
// lower case.
func oleNames(body []byte) ([]string, error) {
	r, err := mscfb.New(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	var names []string
	for {
		f, err := r.Next()
		if err == io.EOF {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		if isInRoot(f) {
			names = append(names, strings.ToLower(f.Name))
		}
	}
}

// encrypted reports whether the file is an office package under a password.
func (o oleFile) encrypted() bool {
	return o["encryptedpackage"] != nil
}

// errEncrypted says that a password stands before the text.
func errEncrypted() error {
	return unreadable("文件设有打开密码，无法读取；请取消密码另存，或向发布单位索取未加密的版本")
}

// u16 and u32 read little-endian numbers, 0 where the bytes end before them.
func u16(b []byte, at int) int {
	if at < 0 || at+2 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(b[at:]))
}

func u32(b []byte, at int) int {
	if at < 0 || at+4 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint32(b[at:]))
}

// part returns n bytes from at on, fewer where b ends before, none where at is
// outside.
func part(b []byte, at, n int) []byte {
	if at < 0 || n <= 0 || at >= len(b) {
		return nil
	}
	return b[at:min(len(b), at+n)]
}
