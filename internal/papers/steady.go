package papers

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

// typesPart is the part of a workbook that lists the others, in no order of its own.
const typesPart = "[Content_Types].xml"

var typeEntry = regexp.MustCompile(`<(?:Override|Default)[^>]*?(?:/>|></(?:Override|Default)>)`)

// steady writes a workbook with its parts in one order and without times, so that the
// same figures make the same bytes: the library writes them as a map gives them.
func steady(out io.Writer, write func(io.Writer) error) error {
	var made bytes.Buffer
	if err := write(&made); err != nil {
		return err
	}
	in, err := zip.NewReader(bytes.NewReader(made.Bytes()), int64(made.Len()))
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	slices.SortFunc(in.File, func(a, b *zip.File) int {
		if (a.Name == typesPart) != (b.Name == typesPart) {
			return map[bool]int{true: -1, false: 1}[a.Name == typesPart]
		}
		return strings.Compare(a.Name, b.Name)
	})
	z := zip.NewWriter(out)
	for _, f := range in.File {
		if err := copyPart(z, f); err != nil {
			return fmt.Errorf("workbook: %s: %w", f.Name, err)
		}
	}
	return z.Close()
}

func copyPart(z *zip.Writer, f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	body, err := io.ReadAll(r) // of our own making, and whole in memory already
	if err != nil {
		return err
	}
	if f.Name == typesPart {
		body = sortTypes(body)
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		return err
	}
	_, err = w.Write(body)
	return err
}

// sortTypes puts the entries of the list into one order.
func sortTypes(body []byte) []byte {
	entries := typeEntry.FindAllString(string(body), -1)
	if len(entries) == 0 {
		return body
	}
	slices.Sort(entries)
	places := typeEntry.FindAllIndex(body, -1)
	head, tail := body[:places[0][0]], body[places[len(places)-1][1]:]
	return slices.Concat(head, []byte(strings.Join(entries, "")), tail)
}
