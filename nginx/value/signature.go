package value

import (
	"fmt"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
)

// Bad is an argument that nginx refuses.
type Bad struct {
	// Word is the argument, counted from 1; 0 stands for all of them.
	Word    int
	Message diag.Text
	// Log is what nginx says.
	Log string
}

// signature says what the arguments of a directive are: first those of lead,
// each in its place, then any number of rest, or parameters.
type signature struct {
	lead []kind
	rest kind
	// params are the parameters by name; those with a value end with "=".
	// With params nil, arguments after lead are of the kind rest.
	params map[string]kind
	// spare tells that arguments after lead that are no parameter are of the
	// kind rest.
	spare bool
	// need names a parameter that has to be there, any one of which several
	// are separated by blanks.
	need string
	// whole replaces everything else.
	whole func(args []nginx.Word) []Bad
}

// find returns the signature of a directive, nil when its kind alone says what
// its arguments are.
func find(row *directive.Row) *signature {
	const stream = directive.Stream | directive.StreamServer | directive.StreamUpstream
	const mail = directive.Mail | directive.MailServer
	name := row.Name
	switch {
	case row.Contexts&stream != 0:
		if s := signatures["stream "+name]; s != nil {
			return s
		}
	case row.Contexts&mail != 0:
		if s := signatures["mail "+name]; s != nil {
			return s
		}
		if name == "listen" {
			return signatures["stream listen"]
		}
	case row.Contexts&(directive.Upstream) != 0 && row.Contexts == directive.Upstream:
		if s := signatures["upstream "+name]; s != nil {
			return s
		}
	}
	if s := signatures[name]; s != nil {
		return s
	}
	if protocol, rest, ok := strings.Cut(name, "_"); ok {
		switch protocol {
		case "uwsgi", "fastcgi", "scgi", "grpc", "proxy", "memcached":
			return signatures["*_"+rest]
		}
	}
	return nil
}

// Check returns the arguments of a directive that nginx refuses. The number of
// them, and the words of flags, enums and bitmasks, are not looked at: row says
// them. Words that a template fills in are taken.
func Check(row *directive.Row, args []nginx.Word) []Bad {
	var bad []Bad
	if s := find(row); s != nil {
		bad = s.check(row.Name, args)
	} else {
		for i, k := range kinds(row, len(args)) {
			if log, message := k.check(args[i].Value); log != "" {
				bad = append(bad, Bad{i + 1, message, log})
			}
		}
	}
	if row.Value == "path" && len(bad) == 0 {
		bad = pathLevels(args)
	}
	if b, ok := bounds[row.Name]; ok && len(bad) == 0 && len(args) == 1 {
		if n, ok := Number(args[0].Value); ok && (n < b[0] || n > b[1]) {
			bad = append(bad, Bad{1, diag.T("%q is outside %d to %d", args[0].Value, b[0], b[1]), fmt.Sprintf("value must be between %d and %d", b[0], b[1])})
		}
	}
	kept := bad[:0]
	for _, b := range bad {
		if b.Word > 0 && !template(args[b.Word-1].Value) || b.Word == 0 && !anyTemplate(args) {
			kept = append(kept, b)
		}
	}
	return kept
}

// template tells whether a word is, or may be, filled in before nginx reads it.
// ${NAME} in capitals is what envsubst replaces.
func template(s string) bool {
	if strings.Contains(s, "{{") || strings.Contains(s, "{%") || strings.Contains(s, "<%") {
		return true
	}
	_, rest, ok := strings.Cut(s, "${")
	name, _, closed := strings.Cut(rest, "}")
	return ok && closed && name != "" && name == strings.ToUpper(name)
}

func anyTemplate(args []nginx.Word) bool {
	for _, a := range args {
		if template(a.Value) {
			return true
		}
	}
	return false
}

// kinds returns the kind of each argument of a directive without a signature.
func kinds(row *directive.Row, n int) []kind {
	all := make([]kind, n)
	fill := func(k kind, from int) {
		for i := from; i < n; i++ {
			all[i] = k
		}
	}
	switch row.Value {
	case "number":
		fill(number, 0)
	case "size":
		fill(size, 0)
	case "offset":
		fill(offset, 0)
	case "msec":
		fill(milliseconds, 0)
	case "sec":
		fill(seconds, 0)
	case "complex", "predicate-list":
		fill(complexValue, 0)
	case "keyval-list":
		fill(complexValue, 1)
	case "path":
		fill(positive, 1)
	case "access":
		fill(access, 0)
	case "buffers":
		if n == 2 {
			all[0], all[1] = positive, someSize
		}
	}
	return all
}

// Evaluated tells whether nginx looks for variables in the argument, counted
// from 0, of a directive that stands in http.
func Evaluated(row *directive.Row, args []nginx.Word, i int) bool {
	if s := find(row); s != nil {
		k, v := s.kindOf(args, i)
		switch k {
		case complexValue, complexSize, complexNumber, bindAddress:
			return true
		case maybeRegex, tildeRegex:
			return !strings.HasPrefix(v, "~")
		}
		return evaluatedWhole(row.Name, i)
	}
	k := kinds(row, len(args))
	return i < len(k) && k[i] == complexValue
}

// kindOf returns the kind of an argument, and its value without the name of the
// parameter.
func (s *signature) kindOf(args []nginx.Word, i int) (kind, string) {
	v := args[i].Value
	switch {
	case i < len(s.lead):
		return s.lead[i], v
	case s.params == nil:
		return s.rest, v
	}
	if k, ok := s.params[v]; ok && !strings.HasSuffix(v, "=") {
		return k, v
	}
	if name, text, ok := strings.Cut(v, "="); ok {
		if k, ok := s.params[name+"="]; ok {
			return k, text
		}
	}
	return s.rest, v
}

func (s *signature) check(name string, args []nginx.Word) []Bad {
	if s.whole != nil {
		return s.whole(args)
	}
	var bad []Bad
	have := false
	for i, a := range args {
		if i >= len(s.lead) && s.params != nil && !s.spare && !s.known(a.Value) {
			bad = append(bad, Bad{i + 1, diag.T("%q has no parameter %q", name, a.Value), fmt.Sprintf("invalid parameter %q", a.Value)})
			continue
		}
		k, v := s.kindOf(args, i)
		if log, message := k.check(v); log != "" {
			bad = append(bad, Bad{i + 1, message, log})
		}
		have = have || s.need != "" && needed(s.need, a.Value)
	}
	if s.need != "" && !have && len(bad) == 0 {
		first, _, _ := strings.Cut(s.need, " ")
		first = strings.TrimSuffix(first, "=")
		bad = append(bad, Bad{0, diag.T("%q lacks the parameter %q", name, first), fmt.Sprintf("%q must have %q parameter", name, first)})
	}
	return bad
}

func (s *signature) known(v string) bool {
	if _, ok := s.params[v]; ok && !strings.HasSuffix(v, "=") {
		return true
	}
	name, _, ok := strings.Cut(v, "=")
	_, found := s.params[name+"="]
	return ok && found
}

func needed(need, v string) bool {
	for n := range strings.FieldsSeq(need) {
		if v == n || strings.HasSuffix(n, "=") && strings.HasPrefix(v, n) {
			return true
		}
	}
	return false
}

// bounds are the numbers that directives take (ngx_conf_check_num_bounds).
var bounds = map[string][2]int64{
	"gzip_comp_level": {1, 9}, "limit_req_status": {400, 599}, "limit_conn_status": {400, 599}, "uwsgi_modifier1": {0, 255}, "uwsgi_modifier2": {0, 255},
}

// pathLevels checks the lengths of the names of folders below a path
// (ngx_conf_set_path_slot).
func pathLevels(args []nginx.Word) []Bad {
	total := int64(0)
	for i := 1; i < len(args); i++ {
		n, _ := Number(args[i].Value)
		if total += n + 1; n > 10 || total > 10+int64(i)-1 {
			return badValue(i+1, args[i].Value)
		}
	}
	return nil
}
