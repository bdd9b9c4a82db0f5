package format

import "github.com/deployctl/deployctl/nginx"

// same tells whether two trees say the same: the same words in the same blocks
// in the same order, and the same code. Comments do not count.
func same(a, b *nginx.File) bool {
	return len(a.Errors) == len(b.Errors) && sameNodes(a, b, a.Nodes, b.Nodes)
}

func sameNodes(fa, fb *nginx.File, a, b []nginx.Node) bool {
	var right []*nginx.Directive
	for d := range nginx.Directives(b) {
		right = append(right, d)
	}
	i := 0
	for d := range nginx.Directives(a) {
		if i == len(right) || !sameDirective(fa, fb, d, right[i]) {
			return false
		}
		i++
	}
	return i == len(right)
}

func sameDirective(fa, fb *nginx.File, a, b *nginx.Directive) bool {
	if !sameWord(a.Name, b.Name) || len(a.Args) != len(b.Args) || (a.Block == nil) != (b.Block == nil) {
		return false
	}
	for i := range a.Args {
		if !sameWord(a.Args[i], b.Args[i]) {
			return false
		}
	}
	if a.Block == nil {
		return true
	}
	if a.Block.Raw || b.Block.Raw {
		return a.Block.Raw == b.Block.Raw && fa.Src[a.Block.Open().Start:a.End()] == fb.Src[b.Block.Open().Start:b.End()]
	}
	return sameNodes(fa, fb, a.Block.Nodes, b.Block.Nodes)
}

func sameWord(a, b nginx.Word) bool { return a.Value == b.Value && a.Quote == b.Quote }
