// Package setup owns what `deployctl init` does with a project's folder: the
// description to begin with, what the answers would be written as and how that
// lints, writing it, the command line that does the same, and the answers of a
// wizard that was interrupted. It asks nobody and knows no terminal.
package setup
