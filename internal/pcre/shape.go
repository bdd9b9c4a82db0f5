package pcre

import "strings"

// AnchoredStart tells whether every match starts where the text does.
func (t *Tree) AnchoredStart() bool { return anchored(t.Root, TextStart) }

// AnchoredEnd tells whether every match ends where the text does.
func (t *Tree) AnchoredEnd() bool { return anchored(t.Root, TextEnd) }

func anchored(n *Node, at Assertion) bool {
	switch n.Op {
	case OpAssert:
		return n.Assert == at
	case OpConcat:
		for i := range n.Subs {
			s := n.Subs[i]
			if at == TextEnd {
				s = n.Subs[len(n.Subs)-1-i]
			}
			if anchored(s, at) {
				return true
			}
			if !empty(s) {
				return false
			}
		}
		return false
	case OpAlternate:
		for _, s := range n.Subs {
			if !anchored(s, at) {
				return false
			}
		}
		return true
	case OpRepeat:
		return n.Min > 0 && anchored(n.Subs[0], at)
	case OpCapture, OpGroup, OpAtomic:
		return anchored(n.Subs[0], at)
	}
	return false
}

// empty tells whether a piece takes no bytes at all.
func empty(n *Node) bool {
	switch n.Op {
	case OpAssert, OpLook:
		return true
	case OpConcat, OpCapture, OpGroup, OpAtomic, OpAlternate:
		for _, s := range n.Subs {
			if !empty(s) {
				return false
			}
		}
		return true
	}
	return false
}

// Literal returns the byte of a set that holds one, or both cases of one
// letter; the letter is then a small one.
func (n *Node) Literal() (byte, bool) {
	if n.Op != OpSet {
		return 0, false
	}
	found, count := byte(0), 0
	for c := 255; c >= 0; c-- {
		if n.Set.Has(byte(c)) {
			found, count = max(found, byte(c)), count+1
		}
	}
	both := count == 2 && found >= 'a' && found <= 'z' && n.Set.Has(found-'a'+'A')
	return found, count == 1 || both
}

// Plain returns the text of an expression that says no more than a location
// without a regular expression could: ^text (start), ^text$ (start and end).
// It is false for any other.
func (t *Tree) Plain() (text string, end, ok bool) {
	root := t.Root
	if root.Op != OpConcat || len(root.Subs) < 2 || root.Subs[0].Op != OpAssert || root.Subs[0].Assert != TextStart {
		return "", false, false
	}
	var b strings.Builder
	for i, n := range root.Subs[1:] {
		if n.Op == OpAssert && n.Assert == TextEnd && i == len(root.Subs)-2 && i > 0 {
			return b.String(), true, true
		}
		c, literal := n.Literal()
		if !literal {
			return "", false, false
		}
		b.WriteByte(c)
	}
	return b.String(), false, true
}

// Words returns the literal texts that a piece stands for, nil when it is
// anything else than literals and alternatives of them.
func (n *Node) Words() []string {
	switch n.Op {
	case OpSet:
		if c, ok := n.Literal(); ok {
			return []string{string([]byte{c})}
		}
	case OpCapture, OpGroup, OpAtomic:
		return n.Subs[0].Words()
	case OpAlternate:
		var all []string
		for _, s := range n.Subs {
			words := s.Words()
			if words == nil || len(all)+len(words) > maxWords {
				return nil
			}
			all = append(all, words...)
		}
		return all
	case OpConcat:
		all := []string{""}
		for _, s := range n.Subs {
			words := s.Words()
			if words == nil || len(all)*len(words) > maxWords {
				return nil
			}
			joined := make([]string, 0, len(all)*len(words))
			for _, a := range all {
				for _, w := range words {
					joined = append(joined, a+w)
				}
			}
			all = joined
		}
		return all
	case OpRepeat:
		if n.Min == 0 && n.Max == 1 {
			if words := n.Subs[0].Words(); words != nil {
				return append([]string{""}, words...)
			}
		}
	}
	return nil
}

// maxWords bounds what Words multiplies out.
const maxWords = 256
