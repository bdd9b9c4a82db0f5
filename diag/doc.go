// Package diag owns positions in source files, the edits that change them, and
// the diagnostics that point at them. It knows nothing of either language.
package diag
