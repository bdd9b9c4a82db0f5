package uwsgi

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/deployctl/deployctl/diag"
)

// The other languages that uWSGI reads end up as the same options as INI. What
// is read of each is what uWSGI 2.0 (libyaml, yajl, libxml2) makes of it.

// structured collects the entries of a file that is no INI.
type structured struct {
	f       *File
	x       *expansion
	section *Section
}

// open begins a section; at is the part of the text that names it.
func (s *structured) open(name string, from, to int) {
	s.section = &Section{Name: name, Header: s.x.span(from, to)}
	s.f.Sections = append(s.f.Sections, s.section)
}

// add appends an option whose key and value stand at these offsets of the
// text, in which line is what a deletion would remove.
func (s *structured) add(key string, keyAt [2]int, value string, valueAt, line [2]int) {
	e := &Entry{
		Key: key, keyPlace: s.x.span(keyAt[0], keyAt[1]).Place(),
		Value: value, valuePlace: s.x.span(valueAt[0], valueAt[1]).Place(),
		line: s.x.span(line[0], line[1]).Place(), HasValue: true,
	}
	e.Local, e.unknown = s.x.depends(keyAt[0], keyAt[1])
	local, unknown := s.x.depends(valueAt[0], valueAt[1])
	e.Local, e.unknown = e.Local || local, e.unknown || unknown
	s.section.Entries = append(s.section.Entries, e)
}

func (s *structured) fail(from, to int, format string, args ...any) {
	s.f.fail(s.x.span(from, to), format, args...)
}

// yamlReader turns the lines and columns of the YAML library into offsets.
type yamlReader struct {
	structured
	text *diag.File
}

func parseYAML(f *File, x *expansion) {
	r := &yamlReader{structured{f: f, x: x}, diag.NewFile(f.Name, x.text)}
	f.strays = x.strays
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(x.text), &doc); err != nil {
		line := yamlErrorLine(err)
		at := r.text.LineSpan(line)
		message := strings.TrimPrefix(err.Error(), "yaml: ")
		if _, rest, ok := strings.Cut(message, ": "); ok && line > 0 {
			message = rest
		}
		r.fail(at.Start, at.End, "this is no YAML: %s", message)
		return
	}
	if len(doc.Content) == 0 {
		return
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		at := r.offset(root)
		r.fail(at, at, "the file is no mapping: uWSGI looks for the key uwsgi in one")
		return
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		at := r.offset(key)
		r.open(key.Value, at, r.end(key, at))
		if value.Kind == yaml.MappingNode {
			r.mapping(key.Value, value, 0)
		}
	}
}

// mapping reads the options of a section. uWSGI takes what is nested in one of
// them for options of the section itself.
func (r *yamlReader) mapping(section string, m *yaml.Node, depth int) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		switch value.Kind {
		case yaml.ScalarNode:
			r.scalar(key, value)
		case yaml.SequenceNode:
			for _, item := range value.Content {
				if item.Kind == yaml.ScalarNode {
					r.scalar(key, item)
				} else {
					r.complain(section, item, "%s holds a list of more than plain values: uWSGI does not read it as one", key.Value)
				}
			}
		case yaml.MappingNode:
			r.complain(section, key, "%s holds a mapping: uWSGI takes what is in it for options of its own", key.Value)
			if depth < 8 {
				r.mapping(section, value, depth+1)
			}
		default:
			r.complain(section, value, "%s refers to an anchor: uWSGI does not follow it", key.Value)
		}
	}
}

func (r *yamlReader) complain(section string, n *yaml.Node, format string, args ...any) {
	if section == mainSection {
		at := r.offset(n)
		r.fail(at, r.end(n, at), format, args...)
	}
}

func (r *yamlReader) scalar(key, value *yaml.Node) {
	if value.Value == "" && value.Style == 0 {
		return // uWSGI sees no value, and drops the key
	}
	at, valueAt := r.offset(key), r.offset(value)
	end := r.end(value, valueAt)
	line := r.text.LineSpan(value.Line)
	first := r.text.LineSpan(key.Line)
	if value.Line > key.Line && len(value.Value) > 0 && r.isItem(valueAt, line) {
		first = line // an item of a list is removed by itself
	}
	next := max(line.End, end)
	if n := strings.IndexByte(r.x.text[next:], '\n'); n >= 0 {
		next += n + 1
	}
	r.add(key.Value, [2]int{at, r.end(key, at)}, value.Value, [2]int{valueAt, end}, [2]int{first.Start, next})
}

// isItem tells whether a value follows the dash of a list.
func (r *yamlReader) isItem(at int, line diag.Span) bool {
	return strings.HasPrefix(strings.TrimSpace(r.x.text[min(line.Start, at):at]), "-")
}

// offset returns where a node begins.
func (r *yamlReader) offset(n *yaml.Node) int {
	line := r.text.LineSpan(n.Line)
	at := line.Start
	for c := 1; c < n.Column && at < line.End; c++ {
		_, size := utf8.DecodeRuneInString(r.x.text[at:line.End])
		at += size
	}
	return at
}

// end returns where a scalar that begins at an offset ends, as far as that can
// be told: quoted and folded ones end with their line.
func (r *yamlReader) end(n *yaml.Node, at int) int {
	if n.Style == 0 && strings.HasPrefix(r.x.text[at:], n.Value) {
		return at + len(n.Value)
	}
	for _, quote := range []string{`"`, `'`} {
		if strings.HasPrefix(r.x.text[at:], quote+n.Value+quote) {
			return at + len(n.Value) + 2
		}
	}
	return max(at, r.text.LineSpan(n.Line).End)
}

var yamlLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`line (\d+)`) })

func yamlErrorLine(err error) int {
	if m := yamlLine().FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}

func parseJSON(f *File, x *expansion) {
	s := &structured{f: f, x: x}
	f.strays = x.strays
	d := json.NewDecoder(strings.NewReader(x.text))
	d.UseNumber()
	if err := s.object(d); err != nil {
		var syntax *json.SyntaxError
		at := int(d.InputOffset())
		var reason error = diag.T("it ends too early")
		if errors.As(err, &syntax) {
			at, reason = int(syntax.Offset), syntax
		} else if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			reason = err
		}
		at = max(0, min(at, len(x.text))-1)
		s.fail(at, min(at+1, len(x.text)), "this is no JSON: %s", reason)
	}
}

var errShape = diag.T("the file is no object: uWSGI looks for the key uwsgi in one")

// object reads the file's object, whose keys are the sections.
func (s *structured) object(d *json.Decoder) error {
	if t, err := d.Token(); err != nil {
		return err
	} else if t != json.Delim('{') {
		return errShape
	}
	for d.More() {
		key, at, err := s.jsonKey(d)
		if err != nil {
			return err
		}
		t, err := d.Token()
		if err != nil {
			return err
		}
		s.open(key, at[0], at[1])
		if t == json.Delim('{') {
			err = s.jsonSection(d, key)
		} else if t == json.Delim('[') {
			err = skipJSON(d)
		}
		if err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func (s *structured) jsonSection(d *json.Decoder, section string) error {
	for d.More() {
		key, at, err := s.jsonKey(d)
		if err != nil {
			return err
		}
		t, value, err := s.jsonToken(d)
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'):
			if section == mainSection {
				s.fail(at[0], at[1], "%s holds an object: uWSGI does not read it", key)
			}
			err = skipJSON(d)
		case json.Delim('['):
			for d.More() && err == nil {
				if t, value, err = s.jsonToken(d); err != nil {
					break
				}
				if _, nested := t.(json.Delim); nested {
					err = skipJSON(d)
					continue
				}
				s.add(key, at, jsonText(t), value, value)
			}
			if err == nil {
				_, err = d.Token()
			}
		default:
			s.add(key, at, jsonText(t), value, [2]int{at[0], value[1]})
		}
		if err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func (s *structured) jsonKey(d *json.Decoder) (string, [2]int, error) {
	t, at, err := s.jsonToken(d)
	key, _ := t.(string)
	return key, at, err
}

// jsonToken returns the next token and where it stands.
func (s *structured) jsonToken(d *json.Decoder) (json.Token, [2]int, error) {
	from := int(d.InputOffset())
	t, err := d.Token()
	to := int(d.InputOffset())
	for from < to && strings.IndexByte(" \t\r\n,:", s.x.text[from]) >= 0 {
		from++
	}
	return t, [2]int{from, to}, err
}

// jsonText returns a value as uWSGI takes it: true as 1, false and null as 0.
func jsonText(t json.Token) string {
	switch v := t.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "1"
		}
	}
	return "0"
}

// skipJSON reads to the end of an object or list that is open.
func skipJSON(d *json.Decoder) error {
	for depth := 1; depth > 0; {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

// parseXML reads the first <uwsgi> element of a file: each element in it is an
// option.
func parseXML(f *File, x *expansion) {
	s := &structured{f: f, x: x}
	f.strays = x.strays
	d := xml.NewDecoder(strings.NewReader(x.text))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errCharset }
	err := s.elements(d)
	if err != nil {
		at := min(int(d.InputOffset()), len(x.text))
		var reason any = err
		var syntax *xml.SyntaxError
		if errors.As(err, &syntax) {
			reason = syntax.Msg
		}
		s.fail(max(0, at-1), at, "this is no XML: %s", reason)
	}
}

var errCharset = diag.T("only UTF-8 is read here")

func (s *structured) elements(d *xml.Decoder) error {
	depth := 0
	var key string
	var keyAt, valueAt [2]int
	var value strings.Builder
	inside := 0 // depth of the <uwsgi> element that is open
	complete := false
	for {
		from := int(d.InputOffset())
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		to := int(d.InputOffset())
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			switch {
			case inside == 0 && t.Name.Local == mainSection && !complete:
				inside = depth
				s.open(mainSection, from, to)
			case inside > 0 && depth == inside+1:
				key, keyAt, valueAt = t.Name.Local, [2]int{from + 1, from + 1 + len(t.Name.Local)}, [2]int{to, to}
				value.Reset()
			case inside > 0 && depth == inside+2:
				s.fail(from, to, "<%s> stands inside the option %s: uWSGI reads no nested elements", t.Name.Local, key)
			}
		case xml.CharData:
			if inside > 0 && depth == inside+1 {
				value.Write(t)
				valueAt[1] = to
			}
		case xml.EndElement:
			if inside > 0 && depth == inside+1 {
				text := value.String()
				if text == "" {
					text = "1" // an empty element is a flag
				}
				s.add(key, keyAt, text, valueAt, [2]int{keyAt[0] - 1, to})
			}
			if inside > 0 && depth == inside {
				inside, complete = 0, true
			}
			depth--
		}
	}
}
