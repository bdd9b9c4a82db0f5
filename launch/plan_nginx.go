package launch

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// nginxPlanner rewrites the nginx half.
type nginxPlanner struct {
	*Plan
	flattener
	config      *site.Config // the one that is being rewritten
	seen        map[*nginx.Directive]bool
	certificate bool // the self-signed one is needed
	caches      int
	inserted    map[string]bool
	logged      map[*site.Scope]bool
}

// listens chooses where nginx listens here, before anything else takes a port:
// these are the addresses that a person types. Those that can stay come first.
func (p *Plan) listens(main *site.Config, parts []*site.Config) {
	if main == nil && len(parts) == 0 {
		return
	}
	p.Nginx = &NginxPlan{Path: p.scratch("nginx.conf"), detail: p.Options.Detail}
	if main != nil {
		p.Nginx.Sources = append(p.Nginx.Sources, main)
	}
	p.Nginx.Sources = append(p.Nginx.Sources, parts...)
	for _, privileged := range []bool{false, true} {
		for _, c := range p.Nginx.Sources {
			for _, s := range c.Servers {
				for _, l := range s.Listens {
					if !l.QUIC && (l.Host != "[::]" || p.ports.v6) && privileged == (l.Port < unprivileged) {
						p.listenOn(l)
					}
				}
			}
		}
	}
}

// planNginx makes the nginx files ready: one file, with everything in it.
func (p *Plan) planNginx(main *site.Config, parts []*site.Config) error {
	if p.Nginx == nil {
		return nil
	}
	if main != nil && (main.HTTP == nil || main.HTTP.Opener == nil) {
		return fmt.Errorf("%s has no http block: there is nothing to serve", main.Tree.Main.Name)
	}
	n := &nginxPlanner{Plan: p, seen: map[*nginx.Directive]bool{}, inserted: map[string]bool{}, logged: map[*site.Scope]bool{}}
	n.flattener = flattener{edits: map[*diag.File][]diag.Edit{}, expand: map[*nginx.Directive]func(){}, inside: map[*diag.File][]insertion{}, included: map[*nginx.Directive][]*nginx.File{}}
	for _, c := range p.Nginx.Sources {
		n.config = c
		n.rewrite()
	}
	n.assemble(main, parts)
	p.Nginx.lines = n.lines
	text := n.out.String()
	p.files[p.Nginx.Path] = text
	p.folders = append(p.folders, p.scratch("tmp"))
	if n.certificate {
		if err := p.makeCertificate(); err != nil {
			return err
		}
	}
	tree := nginx.LoadText(nginx.Parse(p.Nginx.Path, text), p.Nginx.Path, nginx.LoadOptions{Prefix: p.Options.Scratch})
	p.Nginx.Config = site.New(tree, directive.Main)
	return nil
}

// chooseMain returns the configuration that nginx would start with, and the
// fragments beside it. Of several whole ones the one runs that passes most to
// the application.
func (p *Plan) chooseMain() (main *site.Config, parts []*site.Config) {
	passes := map[*site.Config]int{}
	for _, via := range p.Pair.Passes {
		for _, t := range via.Targets {
			passes[via.Config] += 1 + len(t.Binds)
		}
	}
	var whole []*site.Config
	for _, c := range p.Pair.Nginx {
		switch c.Root.Context {
		case directive.Main:
			whole = append(whole, c)
			if main == nil || passes[c] > passes[main] {
				main = c
			}
		case directive.HTTP, directive.Server, directive.Location:
			parts = append(parts, c)
		}
	}
	for _, c := range whole {
		if c != main {
			p.change(diag.Location{File: c.Tree.Main.File}, "", diag.T("%s is not run: one nginx runs, with %s", c.Tree.Main.Name, main.Tree.Main.Name), true)
		}
	}
	return main, parts
}

// rewrite makes the edits of one configuration.
func (n *nginxPlanner) rewrite() {
	for d, files := range n.config.Tree.Included {
		n.included[d] = files
	}
	for _, problem := range n.config.Tree.Problems {
		n.missing(problem)
	}
	for _, s := range n.config.Servers {
		n.server(s)
	}
	n.targets()
	for node := range n.config.All() {
		if n.seen[node.Directive] {
			continue
		}
		n.seen[node.Directive] = true
		if f := rewriters[node.Name.Value]; f != nil && node.Scope.Context != directive.Entries {
			f(n, node)
		}
	}
	n.outsideIncludes()
}

// replace writes another argument.
func (n *nginxPlanner) replace(node *site.Node, arg int, to string, why diag.Text) {
	if arg >= len(node.Args) || node.Arg(arg) == to {
		return
	}
	at := node.Location(arg + 1)
	n.edits[at.File] = append(n.edits[at.File], diag.Edit{File: at.File, Span: at.Span, New: quoted(to)})
	if !why.IsZero() {
		n.change(node.HeadLocation(), node.Name.Value+" "+to, why, false)
	}
}

// remove leaves a directive out.
func (n *nginxPlanner) remove(node *site.Node, why diag.Text, lost bool) {
	span := node.Range()
	n.edits[node.File.File] = append(n.edits[node.File.File], diag.Edit{File: node.File.File, Span: span})
	if !why.IsZero() {
		n.change(node.HeadLocation(), "", why, lost)
	}
}

// insert writes text at the beginning of a block.
func (n *nginxPlanner) insert(opener *site.Node, text string) {
	if opener == nil || opener.Block == nil {
		return
	}
	key := fmt.Sprintf("%p %s", opener.Directive, text)
	if n.inserted[key] {
		return // the file is included from several places
	}
	n.inserted[key] = true
	f := opener.File.File
	n.inside[f] = append(n.inside[f], insertion{opener.Block.Open().End, func() { n.line(" "+text, Place{}) }})
}

// quoted writes a value so that nginx reads it as one word.
func quoted(value string) string {
	if value != "" && !strings.ContainsAny(value, " \t\r\n;{}\"'\\#") {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

// droppedPort is a parameter that tells the application the host without its port.
var droppedPort = regexp.MustCompile(`(?m)^(\w+\s+(?:HTTP_HOST|Host)\s+)\$host;`)

// missing lets what nginx's package brings stand in for an include that is not
// there, and leaves out the others.
func (n *nginxPlanner) missing(problem nginx.IncludeProblem) {
	if _, done := n.expand[problem.Include]; done {
		return
	}
	name := problem.Include.Arg(0)
	at := diag.Location{File: problem.File.File, Span: problem.Include.Head()}
	if text, from, ok := packaged(filepath.Base(name)); ok {
		if n.mapsPorts() {
			// Debian's files drop the port from the host; see hostParam.
			text = droppedPort.ReplaceAllString(text, "$1$$http_host;")
		}
		n.expand[problem.Include] = func() { n.generated("\n" + text + "\n") }
		if from != name {
			n.change(at, "include "+from, diag.T("nginx's own file stands for the one that is missing"), false)
		}
		return
	}
	n.expand[problem.Include] = func() {}
	n.change(at, "", diag.T("the file is not on this machine"), true)
}

// outsideIncludes leaves out what this machine's own nginx would add to a
// configuration that belongs to another one.
func (n *nginxPlanner) outsideIncludes() {
	main, err := filepath.Abs(n.config.Tree.Main.Path)
	if err != nil {
		return
	}
	for d, files := range n.config.Tree.Included {
		pattern := d.Arg(0)
		if !filepath.IsAbs(pattern) || !strings.ContainsAny(pattern, "*?[") || len(files) == 0 {
			continue
		}
		top := strings.SplitN(strings.Trim(pattern, "/"), "/", 3)
		if len(top) > 1 && strings.HasPrefix(main, "/"+top[0]+"/"+top[1]+"/") || strings.HasPrefix(pattern, n.paths.dir+"/") {
			continue
		}
		n.expand[d] = func() {}
		for _, f := range n.config.Tree.Files {
			for own := range nginx.Walk(f.Nodes) {
				if own == d {
					n.change(diag.Location{File: f.File, Span: d.Head()}, "", diag.T("the files there belong to this machine's own nginx"), false)
				}
			}
		}
	}
}

// assemble writes the file.
func (n *nginxPlanner) assemble(main *site.Config, parts []*site.Config) {
	n.generated(n.head())
	fragments := func() {
		for _, c := range parts {
			n.generated("\n")
			switch c.Root.Context {
			case directive.Server, directive.Location:
				to := n.listenOn(site.Listen{Host: "*", Port: 80})
				open, end := "server { listen "+to.To+";", "}\n"
				if n.Options.NativeNginx {
					open += ` set $deployctl_at "";`
				}
				if c.Root.Context == directive.Location {
					open, end = open+" location / {", "}}\n"
				}
				n.generated(open + "\n")
				n.file(c.Tree.Main)
				n.generated(end)
			default:
				n.file(c.Tree.Main)
			}
		}
	}
	if main == nil {
		n.generated("events {}\nhttp {\n" + n.httpHead(nil))
		if text, _, ok := packaged("mime.types"); ok {
			n.generated(text)
		}
		fragments()
		n.generated("}\n")
		return
	}
	opener := main.HTTP.Opener
	n.insert(opener, strings.ReplaceAll(n.httpHead(main.HTTP), "\n", " "))
	f := opener.File.File
	n.inside[f] = append(n.inside[f], insertion{opener.Block.Close().Start, fragments})
	if len(main.Root.Here("events")) == 0 {
		n.generated("events {}\n")
	}
	n.file(main.Tree.Main)
}

// head is what stands outside of all blocks.
func (n *nginxPlanner) head() string {
	text := fmt.Sprintf("daemon off;\npid %s;\nerror_log stderr %s;\n", quoted(n.scratch("nginx.pid")), n.level())
	if os.Geteuid() == 0 {
		text += "user root;\n" // nobody could not read the folder of the run
	}
	return text
}

// level is the error_log's that holds most.
func (n *nginxPlanner) level() string {
	for _, c := range n.Nginx.Sources {
		for _, node := range c.Root.Here("error_log") {
			if level := node.Arg(1); level != "" && !strings.HasPrefix(level, "debug") {
				return level
			}
		}
	}
	return "error"
}

// accessFormat is what the native nginx writes for each request.
const accessFormat = `log_format deployctl escape=json '{"t":"$msec","remote":"$remote_addr","host":"$http_host","server":"$server_name",` +
	`"method":"$request_method","uri":"$request_uri","status":"$status","sent":"$body_bytes_sent","took":"$request_time","upstream":"$upstream_addr","at":"$deployctl_at"`

// httpHead is what stands at the beginning of http.
func (n *nginxPlanner) httpHead(s *site.Scope) string {
	var b strings.Builder
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&b, "%s_temp_path %s;\n", kind, quoted(n.scratch("tmp", kind)))
	}
	if n.Options.NativeNginx {
		b.WriteString(accessFormat)
		if n.Options.Detail {
			b.WriteString(detailFormat())
		}
		b.WriteString("}';\n")
		if s == nil || len(s.Here("access_log")) == 0 {
			b.WriteString("access_log /dev/stdout deployctl;\n")
		}
	}
	if n.Options.Detail {
		b.WriteString(hideEverywhere(s))
	}
	if s == nil {
		b.WriteString("default_type application/octet-stream;\n")
	}
	return b.String()
}
