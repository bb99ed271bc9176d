// Package bundle carries what a machine outside was answered into a closed network.
//
// In: a database and an archive whose refreshes were recorded. Out: one ZIP file with the
// recordings, the originals with their addresses, times and headers, the portal files, the
// register, and a manifest with the SHA-256 of each entry, signed with an ed25519 key.
// Inside, the file is checked whole before anything is kept, and each recorded run is then
// gone through by ingest as if it had been answered there. The package reads no figure.
package bundle

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// Names in a bundle.
const (
	manifestName  = "manifest.json"
	signatureName = "manifest.sig"
	registerName  = "register.json"
	runs          = "runs/"
	portals       = "portals/"
	originals     = "originals/"
	record        = ".json"
)

// form is the number of the form of a bundle; a greater one is of a later program.
const form = 1

// A Manifest says what a bundle has.
type Manifest struct {
	Form      int
	Program   string    // version that wrote it
	Written   time.Time //
	Since     time.Time // runs that began before are left out; zero for all
	Portals   []string  // ids
	Runs      []Run     // in their order
	Originals int
	// Relies are the originals that its runs speak of and that an earlier bundle has.
	Relies []report.SHA256   `json:",omitempty"`
	Sums   map[string]string // SHA-256 by name of the entry
}

// A Run is one run of the machine outside.
type Run struct {
	ID                int64
	Kind              string // refresh or retry
	Started, Finished time.Time
	Year              int      `json:",omitempty"`
	Full              bool     `json:",omitempty"`
	State             string   // as it ended
	Recordings        []string // entries, one for each portal
}

// A register is what the machine outside knows of who must report.
type register struct {
	Regions  []standard.Region
	Agencies []report.Agency // in the order of their rosters
}

// A signature is who signed a manifest.
type signature struct {
	Key       string // public, base64
	Signature string // base64
}

// signed is what is signed: no other text of this key can be taken for a manifest.
func signed(manifest []byte) []byte {
	return append([]byte("gongkai bundle manifest 1\n"), manifest...)
}

// KeyText is the text of a public key, as settings name it.
func KeyText(key ed25519.PublicKey) string { return base64.StdEncoding.EncodeToString(key) }

// ParseKey reads the text of a public key.
func ParseKey(text string) (ed25519.PublicKey, error) {
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("key %q is no public key of a bundle; take what dashboard bundle key prints on the machine outside", text)
	}
	return key, nil
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
