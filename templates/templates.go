// Package templates owns the texts that gen renders, one folder a target.
package templates

import "embed"

// FS holds the templates: TARGET/FILE.tmpl.
//
//go:embed native systemd compose apache gunicorn
var FS embed.FS
