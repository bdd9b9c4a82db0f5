#!/bin/sh
# Makes the Debian package that a release holds for this machine, and tries it.
set -eu
cd "$(dirname "$0")/.."
command -v dpkg >/dev/null 2>&1 || { echo 'no dpkg: the package is not tried' >&2; exit 0; }
scripts/release-files.sh
rm -rf dist
mkdir -p dist
CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=0.0.0' -o dist/deployctl ./cmd/deployctl
go run ./scripts/nfpmconfig 0.0.0 dist/deployctl >dist/nfpm.yaml
go run github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.0 package --config dist/nfpm.yaml --packager deb --target dist/
scripts/test-package.sh
