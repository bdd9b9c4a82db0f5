package lsp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// analysis is what is known of one deployment at one moment.
type analysis struct {
	root       string
	generation uint64 // of the documents it was made from
	reload     lint.Reload
	pair       *pair.Pair
	options    lint.Options
	rules      []*lint.Rule
	result     *lint.Result
	docs       map[string]*snapshot // the open documents, by key

	mu    sync.Mutex
	texts map[*diag.File]*text
	keys  map[string]string // of names
}

// text returns a file's text with its lines.
func (a *analysis) text(f *diag.File) *text {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.texts[f]
	if t == nil {
		t = newText(f.Src)
		a.texts[f] = t
	}
	return t
}

// key returns what a file of the deployment is known by.
func (a *analysis) key(f *diag.File) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	key, ok := a.keys[f.Name]
	if !ok {
		if key = f.Name; a.docs[key] == nil { // no file of this machine, else
			key = keyOf(f.Name)
		}
		a.keys[f.Name] = key
	}
	return key
}

// uri returns a file's URI: the editor's own for an open document.
func (a *analysis) uri(f *diag.File) string {
	if d := a.docs[a.key(f)]; d != nil {
		return d.uri
	}
	return uriOf(f.Name)
}

// location returns a place in the protocol's terms.
func (a *analysis) location(l diag.Location, e encoding) location {
	return location{a.uri(l.File), a.text(l.File).textRange(l.Span, e)}
}

// analyses owns when deployments are linted, and what the editor was told.
type analyses struct {
	s   *server
	ctx context.Context
	// busy is held by whoever reads and lints: one at a time.
	busy chan struct{}

	mu         sync.Mutex
	generation uint64
	dirty      map[string]bool // keys of documents that changed since they were linted
	stop       context.CancelFunc
	timer      *time.Timer
	caches     map[string]*pair.Cache // by root
	roots      map[string]string      // by key; what is on disk decides, so it is forgotten on disturb
	latest     map[string]*analysis   // by root
	targets    map[string]lint.Target
	contracts  map[string]bound // by path
	took       time.Duration    // by the last lint: large deployments wait longer
	complained string           // the last complaint about a configuration
	// published holds the URIs that have findings in the editor, by root.
	published map[string]map[string]bool
}

// maxDelay bounds how long a document of a large deployment has to rest.
const maxDelay = 2 * time.Second

func newAnalyses(ctx context.Context, s *server) *analyses {
	a := &analyses{
		s: s, ctx: ctx, busy: make(chan struct{}, 1), dirty: map[string]bool{},
		caches: map[string]*pair.Cache{}, roots: map[string]string{}, latest: map[string]*analysis{}, targets: map[string]lint.Target{}, contracts: map[string]bound{},
		published: map[string]map[string]bool{},
	}
	a.timer = time.AfterFunc(time.Hour, a.refresh)
	a.timer.Stop()
	context.AfterFunc(ctx, func() { a.timer.Stop() })
	return a
}

// touch notes that a document changed: what is being worked out is stale, and a
// new result follows when the document rests.
func (a *analyses) touch(keys ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.generation++
	for _, key := range keys {
		a.dirty[key] = true
	}
	if a.stop != nil {
		a.stop()
	}
	a.timer.Reset(max(a.s.opts.Delay, min(a.took, maxDelay)))
}

// disturb notes that files changed on disk.
func (a *analyses) disturb() {
	a.mu.Lock()
	clear(a.roots)
	clear(a.targets)
	clear(a.contracts)
	a.mu.Unlock()
	a.touch(a.s.openKeys()...)
}

// acquire waits until nobody else reads and lints.
func (a *analyses) acquire(ctx context.Context) error {
	select {
	case a.busy <- struct{}{}:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// refresh lints what changed and tells the editor. It runs when the timer does.
func (a *analyses) refresh() {
	if a.acquire(a.ctx) != nil {
		return
	}
	defer func() { <-a.busy }()
	a.mu.Lock()
	ctx, stop := context.WithCancel(a.ctx)
	defer stop()
	a.stop = stop
	dirty := slices.Sorted(maps.Keys(a.dirty))
	a.mu.Unlock()
	done := map[string]bool{}
	for _, key := range dirty {
		root := a.root(key)
		if done[nameOf(root, key)] {
			continue
		}
		result, err := a.analyze(ctx, root, key)
		if err != nil {
			return // what changed meanwhile has set the timer again
		}
		done[result.root] = true
		a.publish(result)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if ctx.Err() == nil {
		clear(a.dirty)
	}
}

// root returns the deployment's root of a document, as rootOf does; a.busy is held.
func (a *analyses) root(key string) string {
	a.mu.Lock()
	root, ok := a.roots[key]
	a.mu.Unlock()
	if !ok {
		a.s.mu.Lock()
		folders := slices.Clone(a.s.folders)
		a.s.mu.Unlock()
		root = rootOf(key, folders)
		a.mu.Lock()
		a.roots[key] = root
		a.mu.Unlock()
	}
	return root
}

// current returns what is known of a document's deployment now, and works it
// out where it is not known yet.
func (a *analyses) current(ctx context.Context, d *snapshot) (*analysis, error) {
	if err := a.acquire(ctx); err != nil {
		return nil, err
	}
	defer func() { <-a.busy }()
	key := keyOfURI(d.uri)
	return a.analyze(ctx, a.root(key), key)
}

// last returns what was known last of a document's deployment, perhaps of an
// older text; nil when nothing is.
func (a *analyses) last(d *snapshot) *analysis {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := keyOfURI(d.uri)
	root, ok := a.roots[key]
	if !ok {
		return nil
	}
	return a.latest[nameOf(root, key)]
}

// nameOf returns what an analysis is kept under: its root, or its only document.
func nameOf(root, key string) string {
	if root == "" {
		return key
	}
	return root
}

// analyze reads and lints a deployment unless that was done already; a.busy is
// held. It fails when ctx ends. What reads and lints should never panic; if it
// does, the session goes on with what was known.
func (a *analyses) analyze(ctx context.Context, root, key string) (_ *analysis, err error) {
	defer func() {
		if r := recover(); r != nil {
			a.s.log(fmt.Sprintf("the lint failed: %v\n%s", r, debug.Stack()))
			err = fmt.Errorf("the lint failed: %v", r)
		}
	}()
	a.mu.Lock()
	generation := a.generation
	known := a.latest[nameOf(root, key)]
	a.mu.Unlock()
	if known != nil && known.generation == generation {
		return known, nil
	}
	start := time.Now()
	result := &analysis{
		root: nameOf(root, key), generation: generation, docs: a.s.documents(),
		texts: map[*diag.File]*text{}, keys: map[string]string{},
	}
	var paths []string
	if root != "" {
		paths = append(paths, root)
	}
	overlay := map[string]string{}
	for k, d := range result.docs {
		if d.language == 0 {
			continue
		}
		if filepath.IsAbs(k) {
			overlay[k] = d.src
		}
		overlay[d.path] = d.src
		// A document need neither be saved nor have a name that is looked for.
		if nameOf(a.root(k), k) == result.root {
			paths = append(paths, d.path)
		}
	}
	slices.Sort(paths)
	cache := a.caches[result.root] // a.busy guards it
	if cache == nil {
		cache = &pair.Cache{}
		a.caches[result.root] = cache
	}
	result.reload = func(more map[string]string) (*pair.Pair, error) {
		all := maps.Clone(overlay)
		maps.Copy(all, more)
		for name, text := range more { // by whatever name the file was reached
			if k := keyOf(name); overlay[k] != "" {
				all[k] = text
			}
		}
		return load(paths, all, nil)
	}
	p, err := load(paths, overlay, cache)
	if err != nil {
		a.complain(err)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	result.pair = p
	result.options, result.rules = a.configuration(root)
	result.options.Stop = func() bool { return ctx.Err() != nil }
	result.result = lint.Run(p, result.rules, result.options).In(a.s.opts.Catalog)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	result.options.Stop = nil
	for _, b := range result.result.Broken {
		a.s.log("the rule " + b.Rule + " could not run")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.latest[result.root] = result
	a.took = time.Since(start)
	return result, nil
}

// load reads a deployment; one without any file is a pair without any.
func load(paths []string, overlay map[string]string, cache *pair.Cache) (*pair.Pair, error) {
	p, err := pair.Load(paths, pair.Options{Overlay: overlay, Cache: cache})
	if errors.Is(err, pair.ErrNothing) {
		err = nil
	}
	return p, err
}

// configuration returns the settings that hold for a deployment, and the rules.
func (a *analyses) configuration(root string) (lint.Options, []*lint.Rule) {
	var cfg lint.Config
	if root == "" {
		return lint.Options{}, a.contract("").rules
	}
	dir := root
	if path := lint.FindConfig(root); path != "" {
		dir = filepath.Dir(path)
		var err error
		if cfg, err = lint.ReadConfig(path, a.contract("").rules); err != nil {
			cfg = lint.Config{}
			a.complain(err)
		}
	}
	a.mu.Lock()
	static, ok := a.targets[dir]
	a.mu.Unlock()
	if !ok {
		static.DetectProject(dir)
		a.mu.Lock()
		a.targets[dir] = static
		a.mu.Unlock()
	}
	cfg.Target.StaticURL, cfg.Target.StaticRoot, cfg.Target.Module = static.StaticURL, static.StaticRoot, static.Module
	c := a.contract(cfg.OpenAPI)
	return lint.Options{Target: cfg.Target, Config: cfg, Also: c.files}, c.rules
}

// bound are the rules for one contract, and its files.
type bound struct {
	rules []*lint.Rule
	files []*diag.File
}

// contract returns the rules for a contract; "" is none. One that was read is
// not read again until something changes on disk.
func (a *analyses) contract(path string) bound {
	a.mu.Lock()
	known, ok := a.contracts[path]
	a.mu.Unlock()
	if ok {
		return known
	}
	rules, files, err := a.s.opts.Bind(path)
	known = bound{rules, files}
	if err != nil && path != "" {
		a.complain(err)
		known = a.contract("")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.contracts[path] = known
	return known
}

// complain tells the person what could not be read, once.
func (a *analyses) complain(err error) {
	a.mu.Lock()
	said := a.complained == err.Error()
	a.complained = err.Error()
	a.mu.Unlock()
	if !said {
		a.s.show("deployctl: " + err.Error())
	}
}
