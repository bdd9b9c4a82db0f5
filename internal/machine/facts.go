package machine

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// facts is a machine that a text describes, for the examples in rules' pages.
type facts struct {
	accounts     map[string]Account
	groups       map[string]int
	files        map[string]File
	listeners    map[string]Listener
	processes    []Process
	certificates map[string]Certificate
	unseen       map[string]bool
	somaxconn    int
}

// Parse reads the description of a machine, a fact a line:
//
//	account NAME UID GROUP[,GROUP...]     groups are made as they come
//	folder|file|socket PATH MODE USER GROUP [TIME]
//	listen ADDRESS PID PROGRAM
//	process PID[/PARENT] TIME COMMAND...
//	certificate PATH FROM TO NAME[,NAME...] [wrong-key]
//	somaxconn NUMBER
//	unseen PATH|holders|programs
//
// Folders above a path are made, and everybody may enter them. Times are RFC 3339.
func Parse(text string) (Machine, error) {
	m := &facts{
		accounts: map[string]Account{"root": {Name: "root"}}, groups: map[string]int{"root": 0}, files: map[string]File{"/": {Mode: fs.ModeDir | 0o755}},
		listeners: map[string]Listener{}, certificates: map[string]Certificate{}, unseen: map[string]bool{},
	}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if err := m.fact(words[0], words[1:]); err != nil {
			return nil, fmt.Errorf("%q: %w", strings.TrimSpace(line), err)
		}
	}
	return m, nil
}

var errFewWords = errors.New("it has too few words")

func (m *facts) fact(kind string, words []string) error {
	need := map[string]int{"account": 3, "folder": 4, "file": 4, "socket": 4, "listen": 3, "process": 3, "certificate": 4, "somaxconn": 1, "unseen": 1}[kind]
	if need == 0 {
		return fmt.Errorf("no fact is called %q", kind)
	}
	if len(words) < need {
		return errFewWords
	}
	switch kind {
	case "account":
		uid, err := strconv.Atoi(words[1])
		if err != nil {
			return err
		}
		a := Account{Name: words[0], UID: uid}
		for g := range strings.SplitSeq(words[2], ",") {
			a.GIDs = append(a.GIDs, m.group(g))
		}
		m.accounts[a.Name] = a
	case "folder", "file", "socket":
		return m.file(kind, words)
	case "listen":
		pid, err := strconv.Atoi(words[1])
		m.listeners[words[0]] = Listener{pid, words[2]}
		return err
	case "process":
		pid, parent, _ := strings.Cut(words[0], "/")
		p := Process{Command: strings.Join(words[2:], " ")}
		var err error
		if p.PID, err = strconv.Atoi(pid); err != nil {
			return err
		}
		if parent != "" {
			if p.Parent, err = strconv.Atoi(parent); err != nil {
				return err
			}
		}
		p.Started, err = time.Parse(time.RFC3339, words[1])
		m.processes = append(m.processes, p)
		return err
	case "certificate":
		from, err := time.Parse(time.RFC3339, words[1])
		if err != nil {
			return err
		}
		to, err := time.Parse(time.RFC3339, words[2])
		m.certificates[words[0]] = Certificate{Names: strings.Split(words[3], ","), From: from, To: to, WrongKey: len(words) > 4}
		return err
	case "somaxconn":
		var err error
		m.somaxconn, err = strconv.Atoi(words[0])
		return err
	case "unseen":
		m.unseen[words[0]] = true
	}
	return nil
}

func (m *facts) group(name string) int {
	if _, ok := m.groups[name]; !ok {
		m.groups[name] = 1000 + len(m.groups)
	}
	return m.groups[name]
}

func (m *facts) file(kind string, words []string) error {
	mode, err := strconv.ParseUint(words[1], 8, 32)
	if err != nil {
		return err
	}
	owner, ok := m.accounts[words[2]]
	if !ok {
		return fmt.Errorf("no account %q", words[2])
	}
	f := File{Mode: fs.FileMode(mode), UID: owner.UID, GID: m.group(words[3])}
	switch kind {
	case "folder":
		f.Mode |= fs.ModeDir
	case "socket":
		f.Mode |= fs.ModeSocket
	}
	if len(words) > 4 {
		if f.Modified, err = time.Parse(time.RFC3339, words[4]); err != nil {
			return err
		}
	}
	for dir := path.Dir(words[0]); ; dir = path.Dir(dir) {
		if _, ok := m.files[dir]; !ok {
			m.files[dir] = File{Mode: fs.ModeDir | 0o755}
		}
		if dir == "/" || dir == "." {
			break
		}
	}
	m.files[words[0]] = f
	return nil
}

func (m *facts) Account(name string) (Account, bool) {
	a, ok := m.accounts[name]
	return a, ok
}

func (m *facts) Group(name string) (int, bool) {
	gid, ok := m.groups[name]
	return gid, ok
}

func (m *facts) File(path string) (File, error) {
	if f, ok := m.files[path]; ok {
		return f, nil
	}
	return File{}, fs.ErrNotExist
}

func (m *facts) Glob(pattern string) []string {
	var found []string
	for name := range m.files {
		if ok, err := path.Match(pattern, name); ok && err == nil {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

func (m *facts) Somaxconn() int { return m.somaxconn }

func (m *facts) Listener(address string) (Listener, bool, bool) {
	l, ok := m.listeners[address]
	return l, ok, true
}

func (m *facts) Running(program string) []Process {
	var found []Process
	for _, p := range m.processes {
		if programOf(p.Command) == program {
			found = append(found, p)
		}
	}
	return found
}

func (m *facts) Certificate(certificate, _ string) (Certificate, error) {
	if c, ok := m.certificates[certificate]; ok {
		return c, nil
	}
	return Certificate{}, fs.ErrNotExist
}

func (m *facts) Unseen() []string { return sortedKeys(m.unseen) }

func sortedKeys(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }

// programOf returns the program of a command; nginx and uWSGI change what they
// show to `nginx: master process ...`, and distributions add to uwsgi's name.
func programOf(command string) string {
	name, _, _ := strings.Cut(command, " ")
	name = strings.TrimSuffix(path.Base(name), ":")
	if strings.HasPrefix(name, "uwsgi") {
		return "uwsgi"
	}
	return name
}
