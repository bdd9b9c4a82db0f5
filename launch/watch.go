package launch

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watcher reloads a run when its files change.
type watcher struct {
	fs   *fsnotify.Watcher
	done chan struct{}
}

// quiet is how long nothing may change before a reload: editors and git write
// several files at once.
const quiet = 150 * time.Millisecond

// maxWatched bounds the folders that are watched.
const maxWatched = 2000

// skipped are folders in which nothing lies that is worth a reload.
var skipped = []string{"node_modules", "__pycache__", "venv", "env", "site-packages", "build", "dist"}

// watched are the suffixes of files that make a difference to the application
// or the configuration. Static files need no reload.
var watched = []string{".py", ".html", ".htm", ".jinja", ".jinja2", ".j2", ".txt", ".conf", ".ini", ".yaml", ".yml", ".toml", ".json", ".env", ".mo"}

// configured are the suffixes of files that may become a part of the
// configuration, in its folders.
var configured = []string{".conf", ".ini"}

// watch calls changed after a file of the configuration, wherever it lies, has
// changed, and with project also after one of the application has. It tells
// whether the configuration was among them.
func watch(r *Run, project bool, changed func(configuration bool)) (*watcher, error) {
	fw, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch the project: %w", err)
	}
	w := &watcher{fs: fw, done: make(chan struct{})}
	config := configurationFiles(r.Plan())
	for path := range config {
		_ = fw.Add(filepath.Dir(path)) // a folder that cannot be watched is no reason not to run
	}
	if project {
		w.tree(r.source.Dir)
	}
	go w.loop(config, project, changed)
	return w, nil
}

// configurationFiles are the absolute paths of all files of the pair.
func configurationFiles(p *Plan) map[string]bool {
	files := map[string]bool{}
	add := func(path string) {
		if abs, err := filepath.Abs(path); err == nil && path != "" {
			files[abs] = true
		}
	}
	for _, c := range p.Pair.Nginx {
		for _, f := range c.Tree.Files {
			add(f.Path)
		}
	}
	for _, c := range p.Pair.Uwsgi {
		for _, f := range c.Files {
			add(f.Path)
		}
	}
	return files
}

// tree watches a folder with those in it.
func (w *watcher) tree(dir string) {
	count := 0
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return nil
		}
		if name := e.Name(); path != dir && (strings.HasPrefix(name, ".") || slices.Contains(skipped, name)) || count > maxWatched {
			return filepath.SkipDir
		}
		count++
		_ = w.fs.Add(path) // as above
		return nil
	})
}

func (w *watcher) loop(config map[string]bool, project bool, changed func(bool)) {
	defer close(w.done)
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	configuration := false
	for {
		select {
		case e, ok := <-w.fs.Events:
			if !ok {
				return
			}
			if project && e.Has(fsnotify.Create) && isDir(e.Name) && !slices.Contains(skipped, filepath.Base(e.Name)) {
				w.tree(e.Name)
			}
			if !e.Has(fsnotify.Chmod) || e.Op != fsnotify.Chmod {
				own := config[e.Name] || slices.Contains(configured, filepath.Ext(e.Name))
				if own || project && slices.Contains(watched, strings.ToLower(filepath.Ext(e.Name))) {
					configuration = configuration || own
					timer.Reset(quiet)
				}
			}
		case <-timer.C:
			changed(configuration)
			configuration = false
		case _, ok := <-w.fs.Errors:
			if !ok {
				return
			}
		}
	}
}

func (w *watcher) close() {
	w.fs.Close()
	<-w.done
}
