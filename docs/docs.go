// Package docs embeds the documentation of the data, so that it is served as it is kept.
// It holds no logic.
package docs

import "embed"

// Data is the documentation of the data, data.zh.md and data.en.md.
//
//go:embed data.zh.md data.en.md
var Data embed.FS
