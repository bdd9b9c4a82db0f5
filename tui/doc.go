// Package tui owns the questions of `deployctl init` on a terminal. It knows
// neither files nor flags: it takes a description and hands it back edited.
package tui
