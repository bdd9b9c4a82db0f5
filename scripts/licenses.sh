#!/bin/sh
# Sees that everything in the binary has a licence that its own may stand beside.
set -eu
cd "$(dirname "$0")/.."
out=$(mktemp)
trap 'rm -f "$out"' EXIT
go run github.com/google/go-licenses@v1.6.0 check ./cmd/deployctl \
	--allowed_licenses=Apache-2.0,BSD-2-Clause,BSD-3-Clause,ISC,MIT,MPL-2.0,Unlicense >"$out" 2>&1 || {
	cat "$out"
	exit 1
}
