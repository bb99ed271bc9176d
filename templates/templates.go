// Package templates embeds the pages, their parts and the static files, so that the
// binary runs alone. It holds no logic.
package templates

import "embed"

// Files are layout.html, pages, partials, static and english.
//
//go:embed layout.html pages partials static english
var Files embed.FS
