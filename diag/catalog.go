package diag

import "slices"

// Catalog holds the texts of one language by their English formats. A nil
// catalog is English.
type Catalog map[string]string

// In returns the text in the catalog's language, together with the texts among
// its arguments. What the catalog lacks stays English.
func (t Text) In(c Catalog) Text {
	if len(c) == 0 {
		return t
	}
	if format, ok := c[t.Format]; ok {
		t.Format = format
	}
	if slices.ContainsFunc(t.Args, isText) {
		t.Args = slices.Clone(t.Args)
		for i, arg := range t.Args {
			if text, ok := arg.(Text); ok {
				t.Args[i] = text.In(c)
			}
		}
	}
	return t
}

func isText(arg any) bool {
	_, ok := arg.(Text)
	return ok
}

// In returns the finding with its texts in the catalog's language. Rule and
// severity keep their names.
func (d Diagnostic) In(c Catalog) Diagnostic {
	if len(c) == 0 {
		return d
	}
	d.Message, d.Why, d.Help = d.Message.In(c), d.Why.In(c), d.Help.In(c)
	d.Related = slices.Clone(d.Related)
	for i := range d.Related {
		d.Related[i].Message = d.Related[i].Message.In(c)
	}
	if d.Fix != nil {
		fix := *d.Fix
		fix.Message = fix.Message.In(c)
		d.Fix = &fix
	}
	return d
}
