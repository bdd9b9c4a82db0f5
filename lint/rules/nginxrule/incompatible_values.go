package nginxrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// checkSharedLogs finds one buffered log that is opened with different buffers.
func checkSharedLogs(p *lint.Pass, c *site.Config) {
	type buffer struct {
		node        *site.Node
		size, flush int64
		gzip        string
	}
	first := map[string]buffer{}
	for _, n := range c.Find("access_log") {
		if n.Row == nil || n.Scope.Enclosing(directive.HTTP) == nil {
			continue
		}
		b := buffer{node: n}
		for _, a := range n.Args {
			name, v, _ := strings.Cut(a.Value, "=")
			switch name {
			case "buffer":
				b.size, _ = value.Size(v)
			case "flush":
				b.flush, _ = value.Milliseconds(v)
			case "gzip":
				if b.gzip = v; v == "" {
					b.gzip = "1"
				}
				if b.size == 0 {
					b.size = 64 << 10
				}
			}
		}
		if b.size == 0 {
			continue
		}
		earlier, ok := first[n.Arg(0)]
		if !ok {
			first[n.Arg(0)] = b
			continue
		}
		if earlier.size != b.size || earlier.flush != b.flush || earlier.gzip != b.gzip {
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("the log %q is opened with other parameters elsewhere", n.Arg(0)),
				Why:      diag.T("nginx does not start: access_log %q already defined with conflicting parameters", n.Arg(0)),
				Help:     diag.T("write the same buffer, flush and gzip everywhere"),
				Related:  []diag.Related{{Location: earlier.node.HeadLocation(), Message: diag.T("the first one")}},
			})
		}
	}
}

// buffering names the modules that check the sizes of their buffers against
// each other when blocks inherit (ngx_http_proxy_merge_loc_conf and its like).
var buffering = []string{"proxy", "uwsgi", "fastcgi", "scgi"}

func checkBuffers(p *lint.Pass, c *site.Config) {
	for _, module := range buffering {
		var scopes []*site.Scope
		for _, suffix := range []string{"_buffers", "_buffer_size", "_busy_buffers_size", "_temp_file_write_size", "_max_temp_file_size"} {
			for _, n := range c.Find(module + suffix) {
				if n.Row != nil && n.Scope.Enclosing(directive.HTTP|directive.Server|directive.Location) != nil {
					scopes = append(scopes, n.Scope)
				}
			}
		}
		seen := map[*site.Scope]bool{}
		for _, s := range scopes {
			if !seen[s] {
				seen[s] = true
				checkBufferSizes(p, s, module)
			}
		}
	}
	for _, s := range c.Servers {
		checkHeaderBuffers(p, s)
	}
}

// effectiveSize returns the size in force in a scope, and where it is written.
func effectiveSize(s *site.Scope, name string, arg int, fallback int64) (int64, *site.Node) {
	nodes := s.Effective(name)
	if len(nodes) == 0 {
		return fallback, nil
	}
	n, ok := value.Offset(nodes[0].Arg(arg))
	if !ok {
		return fallback, nil
	}
	return n, nodes[0]
}

func checkBufferSizes(p *lint.Pass, s *site.Scope, module string) {
	const page = 4096
	count, at := effectiveSize(s, module+"_buffers", 0, 8)
	each, _ := effectiveSize(s, module+"_buffers", 1, page)
	head, headAt := effectiveSize(s, module+"_buffer_size", 0, page)
	size := max(head, each)
	busy, busyAt := effectiveSize(s, module+"_busy_buffers_size", 0, 2*size)
	write, writeAt := effectiveSize(s, module+"_temp_file_write_size", 0, 2*size)
	file, fileAt := effectiveSize(s, module+"_max_temp_file_size", 0, 1<<30)
	report := func(n *site.Node, message, why diag.Text) {
		for _, other := range []*site.Node{busyAt, at, headAt} {
			if n == nil || n.Scope != s {
				n = other
			}
		}
		if n != nil {
			p.Report(diag.Diagnostic{Location: n.HeadLocation(), Message: message, Why: why})
		}
	}
	switch {
	case count < 2:
		report(at, diag.T("%s needs at least 2 buffers", module+"_buffers"), diag.T("nginx does not start: there must be at least 2 %q", module+"_buffers"))
	case busy < size:
		report(busyAt, diag.T("%s (%d bytes) is below the size of one buffer (%d bytes)", module+"_busy_buffers_size", busy, size),
			diag.T("nginx does not start: %q must be equal to or greater than the maximum of the value of %q and one of the %q", module+"_busy_buffers_size", module+"_buffer_size", module+"_buffers"))
	case busy > (count-1)*each:
		report(busyAt, diag.T("%s (%d bytes) is above all of %s less one (%d bytes)", module+"_busy_buffers_size", busy, module+"_buffers", (count-1)*each),
			diag.T("nginx does not start: %q must be less than the size of all %q minus one buffer", module+"_busy_buffers_size", module+"_buffers"))
	case write < size:
		report(writeAt, diag.T("%s (%d bytes) is below the size of one buffer (%d bytes)", module+"_temp_file_write_size", write, size),
			diag.T("nginx does not start: %q must be equal to or greater than the maximum of the value of %q and one of the %q", module+"_temp_file_write_size", module+"_buffer_size", module+"_buffers"))
	case file != 0 && file < size:
		report(fileAt, diag.T("%s (%d bytes) is below the size of one buffer (%d bytes)", module+"_max_temp_file_size", file, size),
			diag.T("nginx does not start: %q must be equal to zero to disable temporary files usage or must be equal to or greater than the maximum of the value of %q and one of the %q", module+"_max_temp_file_size", module+"_buffer_size", module+"_buffers"))
	}
}

// checkHeaderBuffers compares the buffers for large heads with the pool they
// come from.
func checkHeaderBuffers(p *lint.Pass, s *site.Server) {
	size, at := effectiveSize(s.Scope, "large_client_header_buffers", 1, 8<<10)
	pool, poolAt := effectiveSize(s.Scope, "connection_pool_size", 0, 512)
	if size >= pool || at == nil && poolAt == nil {
		return
	}
	if poolAt != nil && (at == nil || poolAt.Scope == s.Scope) {
		at = poolAt
	}
	p.Report(diag.Diagnostic{
		Location: at.HeadLocation(),
		Message:  diag.T("%s (%d bytes) is below %s (%d bytes)", "large_client_header_buffers", size, "connection_pool_size", pool),
		Why:      diag.T("nginx does not start: the %q size must be equal to or greater than %q", "large_client_header_buffers", "connection_pool_size"),
	})
}

// checkClientCertificate finds servers that ask for a client's certificate and
// know no authority for it.
func checkClientCertificate(p *lint.Pass, c *site.Config) {
	if c.Root.Context != directive.Main || len(c.Tree.Problems) > 0 {
		return
	}
	reported := map[*site.Node]bool{}
	for _, s := range c.Servers {
		verify := s.Effective("ssl_verify_client")
		if len(verify) == 0 || !slices.Contains([]string{"on", "optional"}, strings.ToLower(verify[0].Arg(0))) || !hasCertificate(s) || opaque(s.Scope) || reported[verify[0]] {
			continue
		}
		if len(s.Effective("ssl_client_certificate")) > 0 || p.Target.NginxAtLeast("1.27.2") && len(s.Effective("ssl_trusted_certificate")) > 0 {
			continue
		}
		reported[verify[0]] = true
		p.Report(diag.Diagnostic{
			Location: verify[0].HeadLocation(),
			Message:  diag.T("ssl_verify_client needs ssl_client_certificate"),
			Why:      diag.T("nginx does not start: no ssl_client_certificate for ssl_verify_client"),
			Help:     diag.T("name the authorities whose certificates are trusted: `ssl_client_certificate FILE;`"),
		})
	}
}
