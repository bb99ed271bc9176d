package export

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"gongkai/internal/store"
)

// TestNothingOfPeople holds that no export has what is of people alone: accounts and
// passwords, sessions, contacts, the office's notes, who reported an error and how, the
// audit log, and the secrets that sign what browsers keep.
func TestNothingOfPeople(t *testing.T) {
	e := newExporter(t)
	ctx := t.Context()
	secrets := []string{"hash-of-a-password", "token-of-a-session", "赵通联", "010-5550199", "答应周五补发", "报告人的原话", "who@reader.example", "login-of-wang", "secret.devices"}
	id, err := e.DB.AddAccount(ctx, store.Account{Name: "login-of-wang", Shown: "示例", Role: store.Reviewer, Password: secrets[0], CreatedAt: today()},
		store.Entry{Action: "account.add", Subject: "login-of-wang", At: today()})
	must(t, err)
	must(t, e.DB.PutSession(ctx, store.Session{Token: secrets[1], Account: id, Data: []byte(secrets[1]), BeganAt: today(), SeenAt: today(), ExpiresAt: today().AddDate(9, 0, 0)}))
	must(t, e.DB.PutContacts(ctx, []store.Contact{{Agency: "990101001", Person: secrets[2], Telephone: secrets[3]}}))
	must(t, e.DB.AddNote(ctx, store.Note{Agency: "990101001", Year: 2023, At: today(), Author: "示例", Text: secrets[4]}, store.Entry{Action: "note.add", At: today(), Detail: secrets[4]}))
	_, err = e.DB.AddErrorReport(ctx, store.ErrorReport{At: today(), Page: "/", Text: secrets[5], Contact: secrets[6]})
	must(t, err)
	device, err := e.DB.Secret(ctx, "devices")
	must(t, err)
	secrets = append(secrets, string(device))
	for _, format := range Formats() {
		path := filepath.Join(t.TempDir(), "out")
		_, err := e.Write(ctx, format, Query{}, path)
		must(t, err)
		looked := 0
		must(t, filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			body, err := os.ReadFile(name)
			must(t, err)
			looked += len(body)
			for _, text := range plain(t, body) {
				for _, secret := range secrets {
					if strings.Contains(text, secret) {
						t.Errorf("%s: %s says %q", format, filepath.Base(name), secret)
					}
				}
			}
			return nil
		}))
		if looked < 1000 {
			t.Errorf("%s: only %d bytes were looked at", format, looked)
		}
	}
}

// plain returns what a file says without its packing.
func plain(t *testing.T, body []byte) []string {
	t.Helper()
	switch {
	case bytes.HasPrefix(body, []byte("PK")):
		z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
		must(t, err)
		var all []string
		for _, f := range z.File {
			r, err := f.Open()
			must(t, err)
			part, err := io.ReadAll(r)
			must(t, err)
			all = append(all, plain(t, part)...)
		}
		return all
	case bytes.HasPrefix(body, []byte("PAR1")):
		f, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
		must(t, err)
		var all []string
		for _, group := range f.RowGroups() {
			rows := group.Rows()
			buffer := make([]parquet.Row, 64)
			for {
				n, err := rows.ReadRows(buffer)
				for _, row := range buffer[:n] {
					for _, v := range row {
						all = append(all, v.String())
					}
				}
				if err != nil {
					break
				}
			}
			must(t, rows.Close())
		}
		return all
	}
	return []string{string(body)}
}
