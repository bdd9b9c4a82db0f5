// Package format owns the one style of nginx configurations: four spaces a
// level, nothing aligned, one directive a line, one blank line between blocks.
// It changes the white space between tokens, and nothing else.
package format
