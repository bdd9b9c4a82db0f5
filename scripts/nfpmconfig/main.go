// Command nfpmconfig prints what .goreleaser.yaml says of packages as a
// configuration of nfpm, so that a package can be made without a whole release:
//
//	nfpmconfig VERSION BINARY
package main

import (
	"fmt"
	"os"
	"runtime"

	"gopkg.in/yaml.v3"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "nfpmconfig:", err)
		os.Exit(2)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("name a version and a binary")
	}
	text, err := os.ReadFile(".goreleaser.yaml")
	if err != nil {
		return err
	}
	var release struct {
		Name     string `yaml:"project_name"`
		Packages []struct {
			Vendor, Homepage, Maintainer, Description, License, Section string
			Suggests                                                    []string
			Contents                                                    []map[string]string
		} `yaml:"nfpms"`
	}
	if err := yaml.Unmarshal(text, &release); err != nil {
		return fmt.Errorf("read .goreleaser.yaml: %w", err)
	}
	if len(release.Packages) != 1 {
		return fmt.Errorf(".goreleaser.yaml describes %d packages, and one is expected", len(release.Packages))
	}
	p := release.Packages[0]
	out, err := yaml.Marshal(map[string]any{
		"name": release.Name, "arch": runtime.GOARCH, "platform": "linux", "version": args[0],
		"vendor": p.Vendor, "homepage": p.Homepage, "maintainer": p.Maintainer, "description": p.Description, "license": p.License, "section": p.Section,
		"suggests": p.Suggests,
		"contents": append(p.Contents, map[string]string{"src": args[1], "dst": "/usr/bin/" + release.Name}),
	})
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(out)
	return err
}
