// Package hook owns what git hooks do: which deployments a commit touches, what
// of their findings the commit has to answer for, and the hook's own file.
package hook
