package api

import (
	"strings"
	"testing"

	"github.com/deployctl/deployctl/pair"
)

// FuzzLoad reads any text as a contract, compares it with another one, and
// looks for its operations.
func FuzzLoad(f *testing.F) {
	for _, paths := range []string{orders, post, upload, "  /a/{b}:\n    get: {}\n", "  /x: {$ref: 'openapi.yaml#/paths/~1x'}\n"} {
		f.Add(shop("{url: 'https://{h}/x', variables: {h: {default: a}}}", paths))
	}
	f.Add("openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths:\n  /a:\n    post:\n      requestBody: {content: {a/b: {schema: {$ref: '#/components/schemas/A'}}}}\n      responses: {}\ncomponents:\n  schemas:\n    A: {anyOf: [{$ref: '#/components/schemas/A'}, {type: [string, 'null']}]}\n")
	f.Add(`{"openapi": "3.0.0", "paths": {"/a": {"servers": [{"url": "::"}], "get": null}}}`)
	f.Add("swagger: '2.0'\n")
	p, err := pair.Load([]string{"nginx.conf"}, pair.Options{Overlay: map[string]string{"nginx.conf": "server { listen 80; location /api/ { proxy_pass http://a; } }"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "$ref") && !strings.Contains(text, "openapi.yaml#") && !strings.Contains(text, "'#/") {
			t.Skip() // it could read files of this machine
		}
		opts := LoadOptions{Overlay: map[string]string{"openapi.yaml": text}}
		s, err := Load("openapi.yaml", opts)
		if err != nil {
			return
		}
		for _, c := range Coverage(s, p) {
			if c.Outcome == "" || c.Why.IsZero() || c.At.Span.End > len(c.At.File.Src) {
				t.Errorf("%s %s: %q, %q", c.Method, c.Path, c.Outcome, c.Why)
			}
		}
		other, err := Load("openapi.yaml", LoadOptions{Overlay: map[string]string{"openapi.yaml": shop("", orders)}})
		if err != nil {
			t.Fatal(err)
		}
		for _, pair := range [][2]*Spec{{s, other}, {other, s}} {
			found, err := Changes(pair[0], pair[1], p, true)
			if err != nil {
				continue
			}
			for _, d := range found {
				if d.Message.IsZero() || d.Span.End > len(d.File.Src) {
					t.Errorf("%+v", d)
				}
			}
		}
	})
}
