package hook

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/internal/atomicfile"
)

// mark tells our hook from anybody else's.
const mark = "# Installed by `deployctl hook install`"

// script is the hook. A program that was moved is looked for in PATH; one that
// is gone stops the commit, since a check that silently does not run is none.
const script = `#!/bin/sh
` + mark + `; ` + "`deployctl hook uninstall`" + ` removes it.
for deployctl in %s deployctl; do
	command -v "$deployctl" >/dev/null 2>&1 && exec "$deployctl" hook run%s
done
echo "deployctl is not installed any more, so the commit is not checked; git commit --no-verify goes on without" >&2
exit 1
`

// kept is what Install adds to the name of a hook that it puts aside.
const kept = ".before-deployctl"

// Install writes the pre-commit hook of the repository around dir, where
// core.hooksPath and worktrees say, and returns its path. The hook calls
// program with options. A hook that somebody else wrote is an error; with force
// it is put aside, under a name that Uninstall knows.
func Install(ctx context.Context, dir, program string, options []string, force bool) (string, error) {
	path, err := place(ctx, dir)
	if err != nil {
		return "", err
	}
	ours, there, err := examine(path)
	switch {
	case err != nil:
		return "", err
	case there && !ours && !force:
		return "", fmt.Errorf("%s is a hook already; add `deployctl hook run` to it, or put it aside with --force", path)
	case there && !ours:
		if _, err := os.Lstat(path + kept); err == nil {
			return "", fmt.Errorf("%s is in the way of putting %s aside", path+kept, path)
		}
		if err := os.Rename(path, path+kept); err != nil {
			return "", fmt.Errorf("put the hook aside: %w", err)
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", fmt.Errorf("install the hook: %w", err)
	}
	text := fmt.Sprintf(script, quote(program), arguments(options))
	if err := atomicfile.Write(path, []byte(text), 0o755); err != nil {
		return "", err
	}
	return path, nil
}

// arguments returns words as a shell takes them, a blank before each.
func arguments(words []string) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(" " + quote(w))
	}
	return b.String()
}

func quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// Uninstall removes the hook that Install wrote, and puts back the one that it
// put aside. Somebody else's hook is an error. It returns the hook's path.
func Uninstall(ctx context.Context, dir string) (string, error) {
	path, err := place(ctx, dir)
	if err != nil {
		return "", err
	}
	ours, there, err := examine(path)
	switch {
	case err != nil:
		return "", err
	case !there:
		return "", fmt.Errorf("there is no hook %s", path)
	case !ours:
		return "", fmt.Errorf("%s is not the hook that `deployctl hook install` writes", path)
	}
	if err := os.Remove(path); err != nil {
		return "", fmt.Errorf("remove the hook: %w", err)
	}
	if err := os.Rename(path+kept, path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("put the earlier hook back: %w", err)
	}
	return path, nil
}

// place returns where git looks for the pre-commit hook.
func place(ctx context.Context, dir string) (string, error) {
	hooks, err := git(ctx, dir, "", "rev-parse", "--git-path", "hooks")
	if err != nil {
		return "", err
	}
	path := strings.TrimSuffix(hooks, "\n")
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	return filepath.Join(path, "pre-commit"), nil
}

// examine tells whether there is a hook, and whether it is ours.
func examine(path string) (ours, there bool, err error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a link that leads nowhere is somebody's too
		return false, true, fmt.Errorf("read the hook: %w", err)
	}
	return strings.Contains(string(text), mark), true, nil
}
