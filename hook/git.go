package hook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// git runs git in a folder with something on its standard input and returns
// what it prints. The error says what git said.
func git(ctx context.Context, dir, stdin string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(stdin)
	var out, failure bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &failure
	if err := cmd.Run(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return "", errors.New("git is not installed")
		}
		said := strings.TrimPrefix(strings.TrimSpace(failure.String()), "fatal: ")
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, said)
	}
	return out.String(), nil
}

// Snapshot is what a commit would hold, in a folder of its own: what is on
// disk and not staged must not decide whether the commit is good.
type Snapshot struct {
	// Dir holds the files of the index that a deployment may be made of.
	Dir string
	// Files are the paths that the commit changes or deletes, from Dir.
	Files []string
}

// Staged makes a snapshot of the index. Where the commit changes no file that
// concerns a deployment, Files and Dir are empty.
func Staged(ctx context.Context) (*Snapshot, error) {
	root, err := git(ctx, "", "", "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	root = strings.TrimSuffix(root, "\n")
	changed, err := git(ctx, root, "", "diff", "--cached", "--name-only", "--no-renames", "-z")
	if err != nil {
		return nil, err
	}
	s := &Snapshot{}
	for name := range strings.SplitSeq(changed, "\x00") {
		if concerns(name) {
			s.Files = append(s.Files, filepath.FromSlash(name))
		}
	}
	if len(s.Files) == 0 {
		return s, nil
	}
	tracked, err := git(ctx, root, "", "ls-files", "--stage", "-z")
	if err != nil {
		return nil, err
	}
	var wanted strings.Builder
	for entry := range strings.SplitSeq(tracked, "\x00") {
		mode, name, _ := strings.Cut(entry, "\t")
		if (strings.HasPrefix(mode, "100") || strings.HasPrefix(mode, "120")) && strings.HasSuffix(mode, " 0") && part(name) {
			wanted.WriteString(name + "\x00")
		}
	}
	if s.Dir, err = os.MkdirTemp("", "deployctl-hook-"); err != nil {
		return nil, fmt.Errorf("make a folder for the commit's files: %w", err)
	}
	if _, err := git(ctx, root, wanted.String(), "checkout-index", "-z", "--stdin", "--prefix="+filepath.ToSlash(s.Dir)+"/"); err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
}

// Remove deletes the snapshot's folder.
func (s *Snapshot) Remove() {
	if s.Dir != "" {
		os.RemoveAll(s.Dir)
	}
}

// part tells by its name whether a file may be part of a deployment, or tell
// something about one: a configuration, what one includes, or Python's.
func part(name string) bool {
	switch filepath.Ext(name) {
	case "", ".conf", ".ini", ".service", ".tmpfiles", ".yaml", ".yml", ".xml", ".json", ".py", ".inc", ".include", ".vhost", ".nginx", ".params", ".types", ".txt", ".toml":
		return true
	}
	return concerns(name)
}
