// Package data embeds the data files that the binary ships with.
package data

import "embed"

// Portals holds the portal files, portals/<id>.yaml.
//
//go:embed portals/*.yaml
var Portals embed.FS
