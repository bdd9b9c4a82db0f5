package pair

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/deployctl/deployctl/diag"
)

// Compose is a compose file: the containers that a deployment runs in.
type Compose struct {
	*diag.File
	Services []*Service // in the order of the file
}

// Service is a service of a compose file: a container with a name that the
// others reach it by.
type Service struct {
	Name string
	At   diag.Location // its name
	// Hosts are all names that others reach it by.
	Hosts  []string
	Mounts []Mount

	command    string   // what it runs, its words with blanks between
	image      string   // as written
	dockerfile string   // the path of its Dockerfile, or ""
	stage      string   // the stage of it that is run, or "" for the last
	networks   []string // those it is in; nil for the default one
	joined     bool     // it has the machine's own network, or another container's
	opaque     bool     // some of its mounts or networks are said elsewhere
}

// Mount is a folder or file of a service that comes from elsewhere.
type Mount struct {
	// Source is the name of a volume, or a path of the machine: absolute, or
	// relative to the working folder.
	Source string
	Target string // absolute, in the container
}

// The bounds of what is read: of manifests above maxManifest bytes nothing, of a
// compose file its first maxServices services.
const (
	maxManifest = 4 << 20
	maxServices = 256
)

// isCompose tells by a file's name and content whether it is a compose file.
func isCompose(file, src string) bool {
	base := filepath.Base(file)
	return (strings.HasPrefix(base, "compose") || strings.HasPrefix(base, "docker-compose")) &&
		(strings.HasPrefix(src, "services:") || strings.Contains(src, "\nservices:"))
}

// composeService is what is read of a service. Each key has a short form, which
// is a text or a list, and a long one.
type composeService struct {
	Image         string      `yaml:"image"`
	Build         yaml.Node   `yaml:"build"`
	Command       yaml.Node   `yaml:"command"`
	Entrypoint    yaml.Node   `yaml:"entrypoint"`
	ContainerName string      `yaml:"container_name"`
	Hostname      string      `yaml:"hostname"`
	NetworkMode   string      `yaml:"network_mode"`
	Networks      yaml.Node   `yaml:"networks"`
	Volumes       []yaml.Node `yaml:"volumes"`
	Configs       []yaml.Node `yaml:"configs"`
	Extends       yaml.Node   `yaml:"extends"`
	VolumesFrom   yaml.Node   `yaml:"volumes_from"`
}

// parseCompose reads a compose file; what it cannot read it leaves out, since
// nothing here judges such files.
func parseCompose(name, src string) *Compose {
	c := &Compose{File: diag.NewFile(name, src)}
	var top struct {
		Services yaml.Node `yaml:"services"`
		Configs  map[string]struct {
			File string `yaml:"file"`
		} `yaml:"configs"`
	}
	if len(src) > maxManifest || yaml.Unmarshal([]byte(src), &top) != nil || top.Services.Kind != yaml.MappingNode {
		return c
	}
	dir := path.Dir(filepath.ToSlash(name))
	for i := 0; i+1 < min(len(top.Services.Content), 2*maxServices); i += 2 {
		key := top.Services.Content[i]
		var s composeService
		if top.Services.Content[i+1].Decode(&s) != nil {
			continue
		}
		service := &Service{
			Name: key.Value, At: c.nodeLocation(key), Hosts: []string{key.Value}, image: s.Image,
			command: strings.Join(append(words(&s.Entrypoint), words(&s.Command)...), " "), networks: words(&s.Networks), joined: s.NetworkMode != "" && s.NetworkMode != "bridge" && s.NetworkMode != "none",
		}
		for _, host := range []string{s.ContainerName, s.Hostname} {
			if host != "" {
				service.Hosts = append(service.Hosts, host)
			}
		}
		service.opaque = s.Extends.Kind != 0 || s.VolumesFrom.Kind != 0 || slices.ContainsFunc(service.networks, func(n string) bool { return strings.Contains(n, "$") })
		service.build(&s.Build, dir)
		for k := range s.Volumes {
			service.mount(&s.Volumes[k], dir)
		}
		for k := range s.Configs {
			var long struct{ Source, Target string }
			if s.Configs[k].Decode(&long) == nil && long.Target != "" {
				service.Mounts = append(service.Mounts, Mount{path.Join(dir, top.Configs[long.Source].File), cleanPath(long.Target)})
			}
		}
		if s.Networks.Kind == yaml.MappingNode {
			for k := 1; k < len(s.Networks.Content); k += 2 {
				var long struct{ Aliases []string }
				if s.Networks.Content[k].Decode(&long) == nil {
					service.Hosts = append(service.Hosts, long.Aliases...)
				}
			}
		}
		c.Services = append(c.Services, service)
	}
	return c
}

// nodeLocation returns where a node of the file stands.
func (c *Compose) nodeLocation(n *yaml.Node) diag.Location {
	start := 0
	for line := 1; line < n.Line; line++ {
		next := strings.IndexByte(c.Src[start:], '\n')
		if next < 0 {
			break
		}
		start += next + 1
	}
	start = min(start+n.Column-1, len(c.Src))
	return diag.Location{File: c.File, Span: diag.Span{Start: start, End: min(start+len(n.Value), len(c.Src))}}
}

// words returns the texts of a list, the keys of a mapping, or the words of a text.
func words(n *yaml.Node) []string {
	var list []string
	switch n.Kind {
	case yaml.ScalarNode:
		return strings.Fields(n.Value)
	case yaml.SequenceNode:
		for _, item := range n.Content {
			list = append(list, item.Value)
		}
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			list = append(list, n.Content[i].Value)
		}
	}
	return list
}

func (s *Service) build(n *yaml.Node, dir string) {
	var long struct{ Context, Dockerfile, Target string }
	switch {
	case n.Kind == yaml.ScalarNode:
		long.Context = n.Value
	case n.Kind != yaml.MappingNode, n.Decode(&long) != nil:
		return
	}
	if long.Dockerfile == "" {
		long.Dockerfile = "Dockerfile"
	}
	s.dockerfile, s.stage = path.Join(dir, long.Context, long.Dockerfile), long.Target
}

func (s *Service) mount(n *yaml.Node, dir string) {
	var m struct{ Type, Source, Target string }
	if n.Kind == yaml.ScalarNode {
		parts := strings.Split(n.Value, ":")
		if strings.Contains(n.Value, "$") {
			s.opaque = true // a variable, which may have colons of its own
			return
		}
		if len(parts) < 2 {
			return
		}
		m.Source, m.Target = parts[0], parts[1]
	} else if n.Decode(&m) != nil || m.Type == "tmpfs" || m.Source == "" {
		return
	}
	if strings.Contains(m.Source+m.Target, "$") {
		s.opaque = true
		return
	}
	if strings.HasPrefix(m.Source, ".") {
		m.Source = path.Join(dir, m.Source)
	}
	s.Mounts = append(s.Mounts, Mount{m.Source, cleanPath(m.Target)})
}

// holds tells whether a service runs with a configuration: it is told so on its
// command line, the file is mounted, or its Dockerfile's stage copies it.
func (s *Service) holds(file string, dockerfiles map[string]*Dockerfile) bool {
	base := path.Base(file)
	if slices.ContainsFunc(strings.Fields(s.command), func(word string) bool { return path.Base(word) == base }) {
		return true
	}
	for _, m := range s.Mounts {
		source := path.Clean(m.Source)
		if source == file || strings.HasPrefix(file, source+"/") && inConfigFolder(m.Target) {
			return true
		}
	}
	if d := dockerfiles[s.dockerfile]; d != nil {
		return d.copies(s.stage, base)
	}
	return false
}

// inConfigFolder tells whether a folder of a container is one that nginx or
// uWSGI reads configurations from by themselves.
func inConfigFolder(folder string) bool {
	return folder == "/etc/nginx" || strings.HasPrefix(folder, "/etc/nginx/") || folder == "/etc/uwsgi" || strings.HasPrefix(folder, "/etc/uwsgi/")
}

// reaches tells whether two services are in one network.
func (s *Service) reaches(other *Service) bool {
	if len(s.networks) == 0 && len(other.networks) == 0 {
		return true
	}
	for _, n := range s.networks {
		if slices.Contains(other.networks, n) || n == "default" && len(other.networks) == 0 {
			return true
		}
	}
	return len(s.networks) == 0 && slices.Contains(other.networks, "default")
}

// shares tells whether two services see the same file at a path.
func (s *Service) shares(other *Service, file string) bool {
	a, b := s.covering(file), other.covering(file)
	return a != nil && b != nil && a.Source == b.Source && strings.TrimPrefix(file, a.Target) == strings.TrimPrefix(file, b.Target)
}

// covering returns the innermost mount that a path lies in, or nil.
func (s *Service) covering(file string) *Mount {
	var best *Mount
	for i := range s.Mounts {
		m := &s.Mounts[i]
		if (file == m.Target || strings.HasPrefix(file, strings.TrimRight(m.Target, "/")+"/")) && (best == nil || len(m.Target) > len(best.Target)) {
			best = m
		}
	}
	return best
}
