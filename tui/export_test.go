package tui

import "github.com/deployctl/deployctl/project"

// Answers are those that were taken.
func Answers(w *Wizard) *project.Project { return w.answers.Project }

// Reviews tells whether the review is on the screen, or its files are.
func Reviews(w *Wizard) bool { return w.review() && (w.mode == asking || w.mode == previewing) }
