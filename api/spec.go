package api

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/load"

	"github.com/deployctl/deployctl/diag"
)

// MaxFile is the size in bytes of the largest file of a specification that is
// read.
const MaxFile = 16 << 20

// fetchTime is how long one file of another machine may take.
const fetchTime = 20 * time.Second

// Spec is an OpenAPI specification, 3.0 or 3.1.
type Spec struct {
	Name  string // as it was given: a path, or REVISION:PATH of git
	info  *load.SpecInfo
	file  *diag.File            // the specification itself
	files map[string]*diag.File // it and what it refers to, by the loader's name
}

// LoadOptions say how a specification is read.
type LoadOptions struct {
	// Fetch lets references lead to other machines, over HTTP.
	Fetch bool
	// Overlay holds texts that stand for files, by path.
	Overlay map[string]string
}

var (
	errNetwork = errors.New("it leads to the network, and nothing is fetched without --fetch: keep the file beside the specification")
	errSwagger = errors.New("it is a Swagger 2.0 description, and OpenAPI 3 is needed: convert it first")
	errTooBig  = fmt.Errorf("it is larger than %d MiB", MaxFile>>20)
)

// Load reads a specification and the local files that it refers to. name is a
// path, or REVISION:PATH for what git has.
func Load(name string, opts LoadOptions) (*Spec, error) {
	source := load.NewSource(name)
	if _, err := os.Stat(name); err == nil {
		source.Type = load.SourceTypeFile // its name may hold a colon
	}
	if source.IsURL() || source.IsStdin() {
		return nil, fmt.Errorf("%s: name a file, or REVISION:PATH of git", name)
	}
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	// What git has is read by git itself; a file's references go through ours.
	loader.IsExternalRefsAllowed = opts.Fetch || source.IsFile()
	if source.IsFile() {
		loader.ReadFromURIFunc = opts.read
	}
	var info *load.SpecInfo
	err := guarded(func() (err error) {
		info, err = load.NewSpecInfoWithCapture(loader, source)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", opts.whereOf(name, err), err)
	}
	if !strings.HasPrefix(info.Spec.OpenAPI, "3.") {
		if info.Spec.Extensions["swagger"] != nil {
			return nil, fmt.Errorf("%s: %w", name, errSwagger)
		}
		return nil, fmt.Errorf("%s: it is no OpenAPI 3 specification: it says openapi: %q", name, info.Spec.OpenAPI)
	}
	s := &Spec{Name: name, info: info, files: make(map[string]*diag.File, len(info.Sources))}
	for path, text := range info.Sources {
		s.files[path] = diag.NewFile(filepath.FromSlash(path), text)
	}
	for _, key := range []string{filepath.ToSlash(name), (&url.URL{Path: filepath.ToSlash(name)}).String()} {
		s.file = cmp.Or(s.file, s.files[key])
	}
	if s.file == nil {
		return nil, fmt.Errorf("%s: its text is not among what was read", name)
	}
	s.file.Name = name
	return s, nil
}

var (
	lineInError   = regexp.MustCompile(`\bline (\d+)\b`)
	quotedInError = regexp.MustCompile(`"([^"]+)"`)
)

// whereOf returns the file that an error of the library is about, with the line
// where it tells one, or where what it quotes is found.
func (o LoadOptions) whereOf(name string, err error) string {
	text, unread := o.read(nil, &url.URL{Path: filepath.ToSlash(name)})
	if unread != nil {
		return name // REVISION:PATH of git, or no file
	}
	message := err.Error()
	at := func(line int) string {
		return fmt.Sprintf("%s:%d", name, min(line, 1+strings.Count(string(text), "\n")))
	}
	if m := lineInError.FindStringSubmatch(message); m != nil && !strings.Contains(message, "reference") { // else it is one of another file
		line, _ := strconv.Atoi(m[1])
		return at(line)
	}
	var said []string
	for _, m := range quotedInError.FindAllStringSubmatch(message, -1) {
		said = append(said, m[1])
	}
	if lost := (*fs.PathError)(nil); errors.As(err, &lost) {
		said = append(said, filepath.Base(lost.Path))
	}
	for _, words := range said {
		if before, _, ok := strings.Cut(string(text), words); ok && strings.ContainsAny(words, "#/.") {
			return at(1 + strings.Count(before, "\n"))
		}
	}
	return name
}

// guarded calls the libraries, which some contracts make fail: what they cannot
// read is an error of the file and no end of the program.
func guarded(call func() error) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("the library for OpenAPI cannot take it: %v", reason)
		}
	}()
	return call()
}

// Files returns the specification's files, itself first.
func (s *Spec) Files() []*diag.File {
	all := []*diag.File{s.file}
	for _, key := range slices.Sorted(maps.Keys(s.files)) {
		if f := s.files[key]; f != s.file {
			all = append(all, f)
		}
	}
	return all
}

// read reads a file that a reference names.
func (o LoadOptions) read(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
	if location.Scheme == "" && location.Host == "" || location.Scheme == "file" {
		if text, ok := o.Overlay[filepath.FromSlash(location.Path)]; ok {
			return []byte(text), nil
		}
		return readFile(filepath.FromSlash(location.Path))
	}
	if !o.Fetch || location.Scheme != "http" && location.Scheme != "https" {
		return nil, fmt.Errorf("%s: %w", location, errNetwork)
	}
	client := http.Client{Timeout: fetchTime}
	answer, err := client.Get(location.String())
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: the server answers %s", location, answer.Status)
	}
	return bounded(location.String(), answer.Body)
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return bounded(path, f)
}

func bounded(name string, r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err == nil && len(text) > MaxFile {
		err = fmt.Errorf("%s: %w", name, errTooBig)
	}
	return text, err
}

// at returns a place of the specification's files.
func (s *Spec) at(origin *openapi3.Origin) diag.Location {
	if origin == nil || origin.Key == nil {
		return diag.Location{File: s.file}
	}
	l, _ := s.place(origin.Key.File, origin.Key.Line, origin.Key.Column)
	return l
}

// place returns the word at a line and column, which count from 1, and whether
// there is one.
func (s *Spec) place(file string, line, column int) (diag.Location, bool) {
	f := s.file
	if file != "" {
		f = s.files[file]
	}
	if f == nil || line < 1 || line > f.LineCount() {
		return diag.Location{File: s.file}, false
	}
	span := f.LineSpan(line)
	start := min(span.End, span.Start+max(0, column-1))
	end := start
	for end < span.End && !strings.ContainsRune(" \t:,{", rune(f.Src[end])) {
		end++
	}
	return diag.Location{File: f, Span: diag.Span{Start: start, End: end}}, true
}
