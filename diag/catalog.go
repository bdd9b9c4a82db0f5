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
	if slices.ContainsFunc(t.Args, hasWords) {
		t.Args = slices.Clone(t.Args)
		for i, arg := range t.Args {
			if w, ok := arg.(worded); ok {
				t.Args[i] = w.Text().In(c)
			}
		}
	}
	return t
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

// worded is an argument that is words and no value: a text, or what says
// itself as one.
type worded interface{ Text() Text }

func hasWords(arg any) bool {
	_, ok := arg.(worded)
	return ok
}

// Text returns the text itself, as an argument of another one.
func (t Text) Text() Text { return t }

// Error returns the English text: a text can be the error of a function, and
// keeps its translation.
func (t Text) Error() string { return t.String() }
