package main

import (
	"os"
	"testing"
)

func TestTableIsFresh(t *testing.T) {
	t.Chdir("..")
	want, err := table("directives.tsv", "repeatable.tsv")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("table_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("table_gen.go is older than its facts: run go generate ./nginx/directive")
	}
}
