package pair

import (
	"sync"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/uwsgi"
)

// Cache keeps what files were parsed to from one Load to the next, for those
// whose text stays the same. One cache belongs to one set of paths; Loads that
// share it follow each other.
type Cache struct {
	nginxFiles kept[*nginx.File]
	uwsgiFiles kept[*uwsgi.File]
}

// kept are parsed files by name: those of the Load before, and of this one.
type kept[F any] struct {
	mu          sync.Mutex
	known, used map[string]F
}

// get returns what a file was parsed to, or parses it; src returns the text of
// a parsed file.
func (k *kept[F]) get(name, text string, src func(F) string, parse func(name, src string) F) F {
	k.mu.Lock()
	f, ok := k.known[name]
	k.mu.Unlock()
	if !ok || src(f) != text {
		f = parse(name, text)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.used == nil {
		k.used = map[string]F{}
	}
	k.used[name] = f
	return f
}

// turn forgets the files that were not read since the last turn.
func (k *kept[F]) turn() { k.known, k.used = k.used, nil }

func (c *Cache) nginx(name, src string) *nginx.File {
	if c == nil {
		return nginx.Parse(name, src)
	}
	return c.nginxFiles.get(name, src, func(f *nginx.File) string { return f.Src }, nginx.Parse)
}

func (c *Cache) uwsgi(name, src string) *uwsgi.File {
	if c == nil {
		return uwsgi.Parse(name, src)
	}
	return c.uwsgiFiles.get(name, src, func(f *uwsgi.File) string { return f.Src }, uwsgi.Parse)
}

// turn ends a Load.
func (c *Cache) turn() {
	if c != nil {
		c.nginxFiles.turn()
		c.uwsgiFiles.turn()
	}
}
