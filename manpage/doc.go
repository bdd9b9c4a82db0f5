// Package manpage owns the manual pages: one of the program and one of each of
// its commands, made from the command tree that the help texts come from.
package manpage
