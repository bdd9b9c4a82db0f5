package route

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// Sample is a path that stands for a location, or for another promise of the
// configuration.
type Sample struct {
	Server *site.Server
	Host   string
	Listen site.Listen
	Path   string
}

// guesses are paths that regular expressions of locations are written for.
var guesses = []string{
	"/.git/config", "/.env", "/.htaccess", "/.well-known/acme-challenge/x", "/favicon.ico", "/robots.txt", "/index.html", "/index.php", "/x.php",
	"/static/x.css", "/x.css", "/x.js", "/x.png", "/x.jpg", "/x.jpeg", "/x.gif", "/x.svg", "/x.ico", "/x.woff2", "/x.txt", "/x.json", "/x.pdf", "/x.zip", "/x.bak",
	"/x.sql", "/x.py", "/x.log", "/api/x", "/api/v1/x", "/media/x.jpg", "/media/x.php", "/admin/", "/ws/x", "/x~",
}

// noHost is a name that no server has, unless it takes every name.
const noHost = "deployctl-check.invalid"

// maxSamples bounds the samples of a configuration: generated ones have
// thousands of locations.
const maxSamples = 2000

// Samples returns a path for each location of a configuration that can be asked
// for. Servers without a name are asked under one that nobody has.
func Samples(c *site.Config, local Local) []Sample {
	var all []Sample
	for _, s := range c.Servers {
		host := noHost // answered by the default server
		for _, n := range s.Names {
			if n.Kind == site.ExactName && n.Value != "" && n.Value != "_" {
				host = n.Value
				break
			}
		}
		for _, l := range s.Listens {
			if l.QUIC || l.Host == "[::]" && len(s.Listens) > 1 {
				continue
			}
			for _, p := range paths(s, local) {
				if len(all) < maxSamples {
					all = append(all, Sample{s, host, l, p})
				}
			}
		}
	}
	return all
}

// paths returns the sample paths of one server.
func paths(s *site.Server, local Local) []string {
	found, seen := []string{}, map[string]bool{}
	add := func(p string) {
		if !seen[p] && strings.HasPrefix(p, "/") {
			seen[p] = true
			found = append(found, p)
		}
	}
	add("/")
	var each func([]*site.Location)
	each = func(locations []*site.Location) {
		for _, at := range locations {
			switch at.Kind {
			case site.Exact:
				add(at.Pattern)
			case site.Prefix, site.PrefixNoRegex:
				add(at.Pattern)
				if file := fileBelow(at, local); file != "" {
					add(at.Pattern + file)
				}
			case site.Regex, site.RegexNoCase:
				finder := s.Finder()
				for _, g := range guesses {
					if finder.Find(g).Location == at {
						add(g)
						break
					}
				}
			}
			each(at.Locations)
		}
	}
	each(s.Locations)
	return found
}

// fileBelow returns a file that a location of files serves, relative to the
// location; "" where there is none.
func fileBelow(l *site.Location, local Local) string {
	if !strings.HasSuffix(l.Pattern, "/") {
		return ""
	}
	folder := ""
	if alias := l.Here("alias"); len(alias) > 0 {
		folder = alias[0].Arg(0)
	} else if root := l.Effective("root"); len(root) > 0 {
		folder = path.Join(root[0].Arg(0), l.Pattern)
	}
	if folder == "" || strings.Contains(folder, "$") {
		return ""
	}
	for _, n := range l.Nodes {
		if passDirectives[n.Name.Value] || n.Name.Value == "return" {
			return ""
		}
	}
	here, ok := local(folder)
	if !ok {
		return ""
	}
	return firstFile(here)
}

// maxDepth and maxLooked bound the search for a file.
const (
	maxDepth  = 4
	maxLooked = 500
)

// firstFile returns the first visible file below a folder, relative to it.
func firstFile(dir string) string {
	found, looked := "", 0
	_ = filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if looked++; err != nil || looked > maxLooked || found != "" {
			return fs.SkipAll
		}
		rel, _ := filepath.Rel(dir, p)
		switch {
		case p != dir && strings.HasPrefix(e.Name(), "."), e.IsDir() && strings.Count(rel, string(filepath.Separator)) > maxDepth:
			if e.IsDir() {
				return fs.SkipDir
			}
		case e.Type().IsRegular() && !strings.ContainsAny(rel, "%?# "):
			if f, err := os.Open(p); err == nil {
				f.Close()
				found = filepath.ToSlash(rel)
			}
		}
		return nil
	})
	return found
}
