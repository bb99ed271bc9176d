package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gongkai/internal/ingest"
	"gongkai/internal/report"
)

// limits of what is read whole into memory.
const (
	maxManifest = 256 << 20
	maxSmall    = 1 << 20
	maxEntry    = 1 << 30
)

// A Trust says whose bundles are taken.
type Trust struct {
	Keys []ed25519.PublicKey
	Any  bool // also those that nobody signed, or somebody else
}

// An Opened is a bundle that was checked whole: each entry has its sum, and who signed it
// is trusted.
type Opened struct {
	Manifest Manifest
	Signer   string // text of the key that signed it, "" where nobody did
	zip      *zip.ReadCloser
	entries  map[string]*zip.File
	register register
}

// ErrUntrusted is the error of a bundle that nobody whom we trust has signed.
var ErrUntrusted = errors.New("not signed by a key that is trusted")

// Is reports whether a file begins as a bundle does, and has its manifest.
func Is(path string) bool {
	r, err := zip.OpenReader(path)
	if err != nil {
		return false
	}
	defer r.Close()
	return slices.ContainsFunc(r.File, func(f *zip.File) bool { return f.Name == manifestName }) &&
		slices.ContainsFunc(r.File, func(f *zip.File) bool { return f.Name == registerName })
}

// Open opens a bundle and checks all of it.
func Open(ctx context.Context, path string, trust Trust) (*Opened, error) {
	r, err := zip.OpenReader(path)
	if errors.Is(err, zip.ErrFormat) {
		err = errors.New("no bundle, or one that was cut short; carry it over again")
	}
	if err != nil {
		return nil, fmt.Errorf("bundle %s: %w", path, err)
	}
	b := &Opened{zip: r}
	if err := b.check(ctx, trust); err != nil {
		return nil, errors.Join(fmt.Errorf("bundle %s: %w; nothing was changed", path, err), r.Close())
	}
	return b, nil
}

// Close closes the file.
func (b *Opened) Close() error { return b.zip.Close() }

// check holds the bundle against its manifest, and the manifest against its signature.
func (b *Opened) check(ctx context.Context, trust Trust) error {
	b.entries = make(map[string]*zip.File, len(b.zip.File))
	for _, f := range b.zip.File {
		if b.entries[f.Name] != nil {
			return fmt.Errorf("it has %q twice", f.Name)
		}
		b.entries[f.Name] = f
	}
	text, err := b.read(manifestName, maxManifest)
	if err != nil {
		return err
	}
	if err := b.checkSignature(text, trust); err != nil {
		return err
	}
	if err := strictly(text, &b.Manifest); err != nil {
		return fmt.Errorf("its manifest: %w", err)
	}
	if b.Manifest.Form != form {
		return fmt.Errorf("it has the form %d and this program reads %d; use the program that wrote it (%s)", b.Manifest.Form, form, b.Manifest.Program)
	}
	if err := b.checkSums(ctx); err != nil {
		return err
	}
	return b.checkContent()
}

// checkSignature holds that somebody whom we trust has signed the manifest. One that is
// signed wrongly was tampered with, whoever is trusted.
func (b *Opened) checkSignature(manifest []byte, trust Trust) error {
	if b.entries[signatureName] == nil {
		if trust.Any {
			return nil
		}
		return fmt.Errorf("%w: nobody signed it; take one that dashboard bundle wrote, or say --untrusted", ErrUntrusted)
	}
	text, err := b.read(signatureName, maxSmall)
	if err != nil {
		return err
	}
	var s signature
	if err := strictly(text, &s); err != nil {
		return fmt.Errorf("its signature: %w", err)
	}
	key, err := ParseKey(s.Key)
	if err != nil {
		return fmt.Errorf("its signature: %w", err)
	}
	sig, err := base64.StdEncoding.DecodeString(s.Signature)
	if err != nil || !ed25519.Verify(key, signed(manifest), sig) {
		return errors.New("its signature does not fit: it was changed after it was signed; carry it over again")
	}
	b.Signer = s.Key
	if trust.Any || slices.ContainsFunc(trust.Keys, func(k ed25519.PublicKey) bool { return k.Equal(key) }) {
		return nil
	}
	return fmt.Errorf("%w: it is signed with %s; if that is what dashboard bundle key prints outside, add it to bundle.trust or give it with --key", ErrUntrusted, s.Key)
}

// checkSums holds that all is there that the manifest names, with its sum, and nothing
// else.
func (b *Opened) checkSums(ctx context.Context) error {
	for name := range b.entries {
		if _, known := b.Manifest.Sums[name]; !known && name != manifestName && name != signatureName {
			return fmt.Errorf("it has %q, which its manifest does not name", name)
		}
	}
	for name, want := range b.Manifest.Sums {
		if err := ctx.Err(); err != nil {
			return err
		}
		text, err := b.read(name, maxEntry)
		if err != nil {
			return err
		}
		if got := sumOf(text); got != want {
			return fmt.Errorf("%s is damaged: its sum is %s and not %s; carry it over again", name, got, want)
		}
		if err := checkOriginal(name, want, text); err != nil {
			return err
		}
	}
	return nil
}

// checkOriginal holds that an original is that of its name, and its record too.
func checkOriginal(name, sum string, text []byte) error {
	hash, ok := strings.CutPrefix(name, originals)
	if !ok {
		return nil
	}
	if hash, ok = strings.CutSuffix(hash, record); !ok {
		if hash != sum {
			return fmt.Errorf("%s is not the original of its name", name)
		}
		return nil
	}
	var meta report.Original
	if err := strictly(text, &meta); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if string(meta.Hash) != hash {
		return fmt.Errorf("%s is the record of another original", name)
	}
	return nil
}

// checkContent holds that the register and every recording can be read, and that each
// original has its record.
func (b *Opened) checkContent() error {
	text, err := b.read(registerName, maxManifest)
	if err == nil {
		err = strictly(text, &b.register)
	}
	if err != nil {
		return fmt.Errorf("its register: %w", err)
	}
	for name := range b.entries {
		if hash, ok := strings.CutPrefix(name, originals); ok && !strings.HasSuffix(hash, record) && b.entries[name+record] == nil {
			return fmt.Errorf("%s has no record", name)
		}
	}
	for _, run := range b.Manifest.Runs {
		for _, name := range run.Recordings {
			if _, err := b.recording(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// recording reads the recording of an entry.
func (b *Opened) recording(name string) (*ingest.Recorded, error) {
	if !strings.HasPrefix(name, runs) {
		return nil, fmt.Errorf("%q is no recording", name)
	}
	text, err := b.read(name, maxEntry)
	if err != nil {
		return nil, err
	}
	return ingest.ReadRecorded(name, bytes.NewReader(text))
}

// read reads an entry whole.
func (b *Opened) read(name string, limit int64) ([]byte, error) {
	f := b.entries[name]
	if f == nil {
		return nil, fmt.Errorf("it has no %s: no bundle, or one that was cut short", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w; carry it over again", name, err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("%s has more than %d bytes", name, limit)
	}
	return text, nil
}

// strictly reads JSON that has no key which we do not know.
func strictly(text []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(to)
}
