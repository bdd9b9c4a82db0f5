package diag

// Or returns words as a text: "a, b or c".
func Or[W ~string](words []W) Text {
	last := len(words) - 1
	if last < 1 {
		return list(words)
	}
	return T("%s or %s", list(words[:last]), words[last])
}

// And returns words as a text: "a, b and c".
func And[W ~string](words []W) Text {
	last := len(words) - 1
	if last < 1 {
		return list(words)
	}
	return T("%s and %s", list(words[:last]), words[last])
}

// List returns texts, or values that say themselves as one, as a text: "a, b, c".
func List(items ...any) Text { return list(items) }

func list[W any](items []W) Text {
	if len(items) == 0 {
		return T("nothing")
	}
	text := T("%s", items[0])
	for _, item := range items[1:] {
		text = T("%s, %s", text, item)
	}
	return text
}
