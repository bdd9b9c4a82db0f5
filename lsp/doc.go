// Package lsp owns the language server: what an editor asks over standard
// input and output about nginx and uWSGI files, and what it is told unasked.
// It knows nothing of the insides of rules.
package lsp
