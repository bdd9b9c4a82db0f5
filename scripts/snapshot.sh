#!/bin/sh
# Builds all of a release without publishing it, and tries its Debian package in a
# scratch root. The tools are built from the module proxy; images need Docker's daemon.
set -eu
cd "$(dirname "$0")/.."
tools=$PWD/bin/tools
GOBIN=$tools go install github.com/goreleaser/goreleaser/v2@v2.16.0
GOBIN=$tools go install github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0
PATH=$tools:$PATH
skip=
docker info >/dev/null 2>&1 || {
	echo "no Docker daemon: the image is not built" >&2
	skip=--skip=docker
}
goreleaser check
goreleaser release --snapshot --clean $skip
scripts/test-package.sh
