package tui

// Reviews tells whether the review is on the screen, or its files are.
func Reviews(w *Wizard) bool { return w.review() && (w.mode == asking || w.mode == previewing) }
