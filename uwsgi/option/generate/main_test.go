package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestTableIsFresh(t *testing.T) {
	t.Parallel()
	tsv, err := os.ReadFile("../options.tsv")
	if err != nil {
		t.Fatal(err)
	}
	want, err := render(tsv)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../table_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("table_gen.go does not follow from options.tsv: run go generate ./uwsgi/option")
	}
}

func TestTablesNameRealOptions(t *testing.T) {
	t.Parallel()
	tsv, err := os.ReadFile("../options.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := read(tsv)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range rows {
		known[r[name]] = true
	}
	for from, to := range sameHandler {
		if !known[from] || !known[to] {
			t.Errorf("sameHandler: %s = %s: not both are options", from, to)
		}
	}
	for _, p := range paths {
		if !known[p] {
			t.Errorf("paths: %s is no option", p)
		}
	}
}

func TestRenderRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	row := func(kind, repeat string) string {
		return strings.Join([]string{"x", "", "none", kind, repeat, "h", "d", "", "core", "", "yes", "<=2.0.10", "", ""}, "\t")
	}
	for _, bad := range []string{"x\ty", row("color", "last-wins"), row("string", "sometimes")} {
		if _, err := render([]byte(bad)); err == nil {
			t.Errorf("render(%q) succeeded", bad)
		}
	}
	if _, err := render([]byte(row("string", "last-wins"))); err != nil {
		t.Error(err)
	}
}
