// Package completion owns what a shell offers while a command line is typed:
// the scripts that teach the shells to ask, and the answers.
package completion
