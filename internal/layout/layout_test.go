package layout

import (
	"slices"
	"testing"

	"github.com/deployctl/deployctl/diag"
)

func TestGap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, have, want string
		within           Fault
		faults           []Fault
	}{
		{"right already", "\n    ", "\n    ", Spacing, nil},
		{"blanks within a line", "   ", " ", Spacing, []Fault{Spacing}},
		{"before a semicolon", " \n ", "", Semicolon, []Fault{Semicolon}},
		{"one line too few", " ", "\n    ", Spacing, []Fault{BlockLines}},
		{"a brace on its own line", "\n  ", " ", Spacing, []Fault{BlockLines}},
		{"indent", "\n\t", "\n    ", Spacing, []Fault{Indent}},
		{"trailing blanks", " \t\n", "\n", Spacing, []Fault{TrailingSpace}},
		{"carriage return", "\r\n  ", "\n  ", Spacing, []Fault{LineEnding}},
		{"all of it", "  \r\n \r\n\r\n\r\n\t", "\n\n    ", Spacing, []Fault{TrailingSpace, LineEnding, TrailingSpace, LineEnding, BlockLines, Indent}},
		{"a blank line is missing", "\n  ", "\n\n    ", Spacing, []Fault{BlockLines, Indent}},
		{"only carriage returns", "\r\r\n", "\n", Spacing, []Fault{LineEnding}},
		{"carriage returns among blanks", " \r \r\n", "\n", Spacing, []Fault{TrailingSpace, LineEnding}},
	} {
		f := diag.NewFile("x", "a"+c.have+"b")
		p := Plan{File: f}
		p.Gap(diag.Span{Start: 1, End: 1 + len(c.have)}, c.want, c.within)
		got, err := p.Apply()
		if err != nil || got != "a"+c.want+"b" {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, "a"+c.want+"b")
		}
		var faults []Fault
		for _, e := range p.Edits {
			faults = append(faults, e.Fault)
		}
		if !slices.Equal(faults, c.faults) {
			t.Errorf("%s: faults %v, want %v", c.name, faults, c.faults)
		}
	}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		src, want string
		fault     Fault
	}{
		{"a", "a\n", LineEnding},
		{"a  ", "a\n", LineEnding},
		{"a\n\n\n", "a\n", BlockLines},
	} {
		p := Plan{File: diag.NewFile("x", c.src)}
		p.Gap(diag.Span{Start: 1, End: len(c.src)}, "\n", Spacing)
		got, err := p.Apply()
		if err != nil || got != c.want || len(p.Edits) != 1 || p.Edits[0].Fault != c.fault {
			t.Errorf("%q: %q, %v, %v", c.src, got, p.Edits, err)
		}
	}
	p := Plan{File: diag.NewFile("x", "  a\n")}
	p.Gap(diag.Span{Start: 0, End: 2}, "", Spacing)
	if len(p.Edits) != 1 || p.Edits[0].Fault != Indent {
		t.Errorf("white space before the first line: %v", p.Edits)
	}
}
