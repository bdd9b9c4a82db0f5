#!/bin/sh
# Takes the sample Django project through `deployctl init` in a folder of its own.
set -eu
bin=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.."
demo=$(mktemp -d)
trap 'rm -rf "$demo"' EXIT
cp -R testdata/projects/django "$demo/shop"
cd "$demo/shop"
echo '$ deployctl init --yes'
"$bin" init --yes
echo
echo '$ ls deploy'
ls deploy
echo
echo '$ deployctl lint'
"$bin" lint
