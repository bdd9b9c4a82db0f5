package value

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
)

func geo(args []nginx.Word) []Bad { return checkGeo(args, variable) }

func streamGeo(args []nginx.Word) []Bad { return checkGeo(args, variableName) }

func checkGeo(args []nginx.Word, defined kind) []Bad {
	last := len(args) - 1
	log, message := defined.check(args[last].Value)
	bad := one(last+1, log, message)
	if last == 1 && !strings.HasPrefix(args[0].Value, "$") {
		bad = append(bad, one(1, fmt.Sprintf("invalid variable name %q", args[0].Value), diag.T("%q is no variable: its name starts with $", args[0].Value))...)
	}
	return bad
}

// Entries reads the entries of a block that holds data, one after the other.
type Entries struct {
	kind      string // map, geo, types, split_clients or charset_map
	keys      map[string]bool
	hostnames bool
	ranges    bool
	started   bool
	utf8      bool // a charset_map leads to UTF-8
	total     int64
}

// NewEntries starts a block; it is nil for a directive whose block holds no
// entries that are known.
func NewEntries(opener *nginx.Directive) *Entries {
	switch name := opener.Name.Value; name {
	case "map", "geo", "types", "split_clients", "charset_map":
		return &Entries{kind: name, keys: map[string]bool{}, utf8: strings.EqualFold(opener.Arg(1), "utf-8")}
	}
	return nil
}

// Check returns what nginx refuses in the next entry; word 0 is its first word.
func (e *Entries) Check(d *nginx.Directive) []Bad {
	key := d.Name.Value
	if template(key) || anyTemplate(d.Args) || key == "include" {
		return nil
	}
	switch e.kind {
	case "map":
		return e.mapEntry(key, d.Args)
	case "geo":
		return e.geoEntry(key, d.Args)
	case "split_clients":
		return e.percentEntry(key)
	case "charset_map":
		return e.charsetEntry(key, d.Args)
	}
	return nil // nginx warns of a repeated extension, and goes on
}

func (e *Entries) mapEntry(key string, args []nginx.Word) []Bad {
	if len(args) == 0 && (key == "hostnames" || key == "volatile") {
		e.hostnames = e.hostnames || key == "hostnames"
		return nil
	}
	if len(args) != 1 {
		return one(0, "invalid number of the map parameters", diag.T("an entry of a map is a value and its result"))
	}
	bad := each(args, 0, complexValue)
	switch {
	case key == "default":
		if e.keys["default"] {
			bad = append(bad, one(0, "duplicate default map parameter", diag.T("the map has a default already"))...)
		}
		e.keys["default"] = true
	case strings.HasPrefix(key, "~"):
		p, ignore := strings.CutPrefix(key[1:], "*")
		log, message := checkRegex(p, ignore)
		bad = append(bad, one(0, log, message)...)
	default:
		key = strings.ToLower(strings.TrimPrefix(key, `\`))
		if e.hostnames && !Hostname(key) {
			bad = append(bad, one(0, fmt.Sprintf("invalid hostname or wildcard %q", key), diag.T("%q is no server name: * stands for a whole first or last label", key))...)
		} else if e.keys[e.table(key)+key] {
			bad = append(bad, one(0, fmt.Sprintf("conflicting parameter %q", key), diag.T("the value %q stands twice; case makes no difference", key))...)
		}
		e.keys[e.table(key)+key] = true
	}
	return bad
}

// table tells which table of a map a value goes to: names with a wildcard have
// one of their own once hostnames was read.
func (e *Entries) table(key string) string {
	if e.hostnames && (strings.HasPrefix(key, ".") || strings.Contains(key, "*")) {
		return "*"
	}
	return "="
}

func (e *Entries) geoEntry(key string, args []nginx.Word) []Bad {
	if len(args) == 0 {
		switch key {
		case "ranges":
			e.ranges = true
			if e.started {
				return one(0, `the "ranges" directive must be the first directive inside "geo" block`, diag.T("ranges has to stand first"))
			}
			return nil
		case "proxy_recursive":
			return nil
		}
	}
	if len(args) != 1 {
		return one(0, "invalid number of the geo parameters", diag.T("an entry of geo is an address and its result"))
	}
	net, word := key, 0
	switch key {
	case "default":
		e.started = true
		return nil
	case "proxy", "delete":
		net, word = args[0].Value, 1
	}
	e.started = e.started || key != "proxy"
	switch {
	case e.ranges && key != "proxy" && !addressRange(net):
		return one(word, fmt.Sprintf("invalid range %q", net), diag.T("%q is no range of addresses such as 10.0.0.0-10.0.0.255", net))
	case (!e.ranges || key == "proxy") && net != "255.255.255.255" && !Network(net):
		return one(word, fmt.Sprintf("invalid network %q", net), diag.T("%q is no address and no network", net))
	}
	return nil
}

func (e *Entries) percentEntry(key string) []Bad {
	if key == "*" {
		e.total = 10000
		return nil
	}
	n, ok := percent(key)
	if !ok || n == 0 {
		return one(0, fmt.Sprintf("invalid percent value %q", key), diag.T("%q is no percentage: write one such as 0.5%%, or *", key))
	}
	if e.total += n; e.total > 10000 {
		return one(0, "percent total is greater than 100%", diag.T("the percentages are more than 100%% together"))
	}
	return nil
}

func (e *Entries) charsetEntry(key string, args []nginx.Word) []Bad {
	if len(args) != 1 {
		return one(0, "invalid parameters number", diag.T("an entry of a charset_map is a code and its translation"))
	}
	if n, err := strconv.ParseUint(key, 16, 32); err != nil || n > 255 {
		return one(0, invalid(key), diag.T("%q is no code from 00 to FF", key))
	}
	if n, err := strconv.ParseUint(args[0].Value, 16, 64); err != nil || n > 255 && !e.utf8 {
		return badValue(1, args[0].Value)
	}
	return nil
}
