package archive

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// The file of an original is one line of head, the record as JSON, a line break, and
// then the bytes as they were had, to the end of the file:
//
//	gongkai original 1 <length of the record> <length of the bytes>
//
// so that the bytes can be taken out with nothing but `tail -c <length of the bytes>`,
// and a file that was cut or added to is known without its hash.
const head = "gongkai original 1 "

// longestHead bounds where the head must end.
const longestHead = len(head) + 2*20 + 2

// appendOriginal makes the file of an original, behind what is there.
func appendOriginal(to, record, body []byte) []byte {
	to = fmt.Appendf(to, "%s%d %d\n", head, len(record), len(body))
	to = append(append(to, record...), '\n')
	return append(to, body...)
}

var errFile = errors.New("its file is not whole")

// splitOriginal takes the file of an original apart.
func splitOriginal(text []byte) (record, body []byte, err error) {
	end := bytes.IndexByte(text[:min(len(text), longestHead)], '\n')
	lengths, is := bytes.CutPrefix(text[:max(0, end)], []byte(head))
	if !is {
		return nil, nil, errFile
	}
	rest := text[end+1:]
	first, second, _ := bytes.Cut(lengths, []byte{' '})
	n, err := length(first)
	if err != nil {
		return nil, nil, err
	}
	m, err := length(second)
	if err != nil {
		return nil, nil, err
	}
	if n >= len(rest) || rest[n] != '\n' || len(rest)-n-1 != m {
		return nil, nil, errFile
	}
	return rest[:n:n], rest[n+1:], nil
}

// taken is splitOriginal for a place: a file that is not whole is damaged.
func taken(text []byte) (record, body []byte, err error) {
	record, body, err = splitOriginal(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w; restore it from a backup", ErrDamaged, err)
	}
	return record, body, nil
}

// length reads a length as appendOriginal writes it, and no other way.
func length(text []byte) (int, error) {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 0 || strconv.Itoa(n) != string(text) {
		return 0, errFile
	}
	return n, nil
}
