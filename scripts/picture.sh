#!/bin/sh
# Makes docs/lint.svg from what `deployctl lint` really says of the tutorial's
# pair. The embedded font is left out: any monospaced one will do.
set -eu
bin=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(
	cd testdata/pairs/tutorial
	printf '$ deployctl lint nginx.conf uwsgi.ini\n'
	"$bin" lint --color always --select pair-static-root,uwsgi-duplicate-key,uwsgi-limit-as-low,pair-timeout-order nginx.conf uwsgi.ini || true
) >"$work/out.ansi"
go run github.com/charmbracelet/freeze@v0.2.2 "$work/out.ansi" --output "$work/lint.svg" --language ansi --window --padding 20 --font.size 13 --width 1100 --wrap 128
perl -0pe 's/<style[^>]*>.*?<\/style>//s; s/font-family="JetBrains Mono"/font-family="ui-monospace, Menlo, Consolas, monospace"/g' "$work/lint.svg" >docs/lint.svg
