package lang

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/diag"
)

func TestParsePO(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []Entry
		fails      bool
	}{
		{"empty", "# nothing\n", nil, false},
		{"two", "msgid \"a %q\"\nmsgstr \"甲 %q\"\n\n#: x.go\nmsgid \"b\"\nmsgstr \"乙\"\n", []Entry{{"a %q", "甲 %q", 1}, {"b", "乙", 5}}, false},
		{"no blank line between, as a merge leaves it", "msgid \"a\"\nmsgstr \"甲\"\nmsgid \"b\"\nmsgstr \"乙\"", []Entry{{"a", "甲", 1}, {"b", "乙", 3}}, false},
		{"several lines and escapes", "msgid \"\"\n\"a\\n\"\n\"\\\"b\\\"\"\nmsgstr \"\"\n\"甲\"\n", []Entry{{"a\n\"b\"", "甲", 1}}, false},
		{"no msgstr", "msgid \"a\"\nmsgid \"b\"\nmsgstr \"乙\"\n", nil, true},
		{"no msgstr at the end", "msgid \"a\"\n", nil, true},
		{"an empty msgstr", "msgid \"a\"\nmsgstr \"\"\n", nil, true},
		{"two msgstr", "msgid \"a\"\nmsgstr \"甲\"\nmsgstr \"乙\"\n", nil, true},
		{"msgstr first", "msgstr \"甲\"\n", nil, true},
		{"no quotes", "msgid a\n", nil, true},
		{"other quotes", "msgid `a`\n", nil, true},
		{"a string alone", "\"a\"\n", nil, true},
		{"plurals", "msgid \"a\"\nmsgid_plural \"b\"\n", nil, true},
	} {
		got, err := ParsePO(c.text)
		if diff := cmp.Diff(c.want, got); diff != "" || (err != nil) != c.fails {
			t.Errorf("%s: error %v (-want +got):\n%s", c.name, err, diff)
		}
	}
}

func TestOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flag string
		env  map[string]string
		want string
	}{
		{"", nil, English},
		{"zh", nil, Chinese},
		{"en", map[string]string{"LANG": "zh_CN.UTF-8"}, English},
		{"", map[string]string{"LANG": "zh_CN.UTF-8"}, Chinese},
		{"", map[string]string{"LC_MESSAGES": "zh_CN", "LANG": "en_US.UTF-8"}, Chinese},
		{"", map[string]string{"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, English},
		{"", map[string]string{"LC_ALL": "", "LANG": "zh"}, Chinese},
		{"", map[string]string{"LANG": "zha_CN"}, English},
		{"fr", nil, ""},
	} {
		got, err := Of(c.flag, func(name string) string { return c.env[name] })
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("--lang %q with %v: %q, %v; want %q", c.flag, c.env, got, err, c.want)
		}
	}
}

// TestCatalogs reads every catalog: none says two things of one message.
func TestCatalogs(t *testing.T) {
	t.Parallel()
	if c, err := Catalog(English); c != nil || err != nil {
		t.Errorf("English has a catalog: %v, %v", c, err)
	}
	said := map[string]string{}
	for folder, files := range sources {
		text, err := files.ReadFile(Chinese + ".po")
		if err != nil {
			t.Fatal(err)
		}
		entries, err := ParsePO(string(text))
		if err != nil {
			t.Fatalf("%s/zh.po: %v", folder, err)
		}
		for _, e := range entries {
			if before, ok := said[e.English]; ok && before != e.Text {
				t.Errorf("%s/zh.po:%d: %q is %q here and %q elsewhere", folder, e.Line, e.English, e.Text, before)
			}
			said[e.English] = e.Text
		}
	}
	c, err := Catalog(Chinese)
	if err != nil || len(c) != len(said)-1 {
		t.Errorf("%d messages, %v; want %d", len(c), err, len(said)-1)
	}
}

func TestTextIn(t *testing.T) {
	t.Parallel()
	c := diag.Catalog{"%s is set %s": "%[2]s设置了 %[1]s", "twice": "两次"}
	text := diag.T("%s is set %s", "root", diag.T("twice"))
	if got := text.In(c).String(); got != "两次设置了 root" {
		t.Errorf("%q", got)
	}
	if got := text.String(); got != "root is set twice" {
		t.Errorf("translating changed the text itself: %q", got)
	}
	if got := diag.T("%d files", 2).In(c).String(); got != "2 files" {
		t.Errorf("what is missing reads %q", got)
	}
}
