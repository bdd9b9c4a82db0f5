package securityrule

import "github.com/deployctl/deployctl/internal/pcre"

// maxSamples bounds the texts that an expression is tried with.
const maxSamples = 16

// samples returns texts that an expression may match, one for each of its
// alternatives as far as they are few. Places and lookaround are left out. What
// the group takes, where it is not nil, starts with a text.
func samples(n, group *pcre.Node, start string) []string {
	if n == group {
		all := samples(n.Subs[0], nil, "")
		for i := range all {
			all[i] = start + all[i]
		}
		return all
	}
	switch n.Op {
	case pcre.OpSet:
		return []string{string([]byte{member(&n.Set)})}
	case pcre.OpConcat:
		all := []string{""}
		for _, s := range n.Subs {
			var next []string
			for _, end := range samples(s, group, start) {
				for _, begin := range all {
					if len(next) < maxSamples && len(begin) < 256 {
						next = append(next, begin+end)
					}
				}
			}
			all = next
		}
		return all
	case pcre.OpAlternate:
		var all []string
		for _, s := range n.Subs {
			all = append(all, samples(s, group, start)...)
		}
		return all[:min(len(all), maxSamples)]
	case pcre.OpRepeat:
		if n.Max == 0 {
			return []string{""}
		}
		all := samples(n.Subs[0], group, start)
		if set := n.Subs[0]; set.Op == pcre.OpSet && set.Set.Has('a') {
			all = []string{"a"}
		}
		if n.Min == 0 {
			all = append([]string{""}, all...)
		}
		return all[:min(len(all), maxSamples)]
	case pcre.OpCapture, pcre.OpGroup, pcre.OpAtomic:
		return samples(n.Subs[0], group, start)
	}
	return []string{""}
}

// member returns a byte of a set: a dot where nearly every byte is in it, as
// in an expression that lacks a backslash, else a letter where there is one.
func member(s *pcre.Set) byte {
	if s.Has('.') && s.Has('%') && s.Has('~') {
		return '.'
	}
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyz0123456789.-_/:") {
		if s.Has(c) {
			return c
		}
	}
	for c := range 256 {
		if s.Has(byte(c)) {
			return byte(c)
		}
	}
	return 'a'
}
