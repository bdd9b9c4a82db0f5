package launch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/project"
)

// deployFolder is where gen writes the pair of a project.
const deployFolder = "deploy"

// Source is the pair that is to run, and the project it belongs to.
type Source struct {
	// Paths are the files and folders that are read.
	Paths []string
	// Dir is the project's folder, absolute: it stands for the folder on the
	// server, and names the run.
	Dir string
	// Description is the project's deployctl.ini; nil when there is none.
	Description *project.Project
}

// Folder returns the folder of the project that the paths of a command line
// belong to, absolute: the one with a deployctl.ini, or the one that is named.
func Folder(paths []string) (string, error) {
	dir := "."
	if len(paths) > 0 {
		info, err := os.Stat(paths[0])
		if err != nil {
			return "", fmt.Errorf("read the pair: %w", err)
		}
		if dir = paths[0]; !info.IsDir() {
			dir = filepath.Dir(paths[0])
		}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the project: %w", err)
	}
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if exists(filepath.Join(d, project.FileName)) {
			return d, nil
		}
	}
	return dir, nil
}

// Find tells what the paths of a command line mean. Without any, it is the
// deploy folder of the project in the current folder, or that folder itself.
func Find(paths []string) (*Source, error) {
	dir, err := Folder(paths)
	if err != nil {
		return nil, err
	}
	s := &Source{Paths: paths, Dir: dir}
	p, err := project.Load(filepath.Join(dir, project.FileName))
	switch {
	case err == nil:
		s.Description = p
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	if len(paths) > 0 {
		return s, nil
	}
	s.Paths = []string{"."}
	if exists(deployFolder) && s.Description != nil {
		s.Paths = []string{deployFolder}
	}
	return s, nil
}

// nothing says what to do where no pair is.
func nothing(err error, s *Source) error {
	if !errors.Is(err, pair.ErrNothing) {
		return err
	}
	if s.Description != nil {
		return fmt.Errorf("%w: `deployctl gen` writes the pair of %s", err, project.FileName)
	}
	return fmt.Errorf("%w: name the files, or let `deployctl init` write a pair for a project", err)
}
