// Package format owns the one style of uWSGI's INI files: key = value, nothing
// indented or aligned, one blank line between sections. It changes white space
// that uWSGI does not see, and nothing else.
package format
