package project

import "slices"

// Clone returns a copy that shares nothing with p that Set changes.
func (p *Project) Clone() *Project {
	c := *p
	c.Env, c.RawUwsgi, c.Backends, c.Lint = slices.Clone(p.Env), slices.Clone(p.RawUwsgi), slices.Clone(p.Backends), slices.Clone(p.Lint)
	c.Servers = slices.Clone(p.Servers)
	for i := range c.Servers {
		s := &c.Servers[i]
		s.Listen, s.Names = slices.Clone(s.Listen), slices.Clone(s.Names)
	}
	c.Routes = slices.Clone(p.Routes)
	for i := range c.Routes {
		r := &c.Routes[i]
		r.Servers, r.Methods = slices.Clone(r.Servers), slices.Clone(r.Methods)
	}
	return &c
}
