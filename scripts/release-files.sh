#!/bin/sh
# Writes what a release holds beside the binary: completions and manual pages.
set -eu
cd "$(dirname "$0")/.."
rm -rf release
mkdir -p release/completions release/man
bin=release/deployctl
go build -o $bin ./cmd/deployctl
$bin completion bash >release/completions/deployctl.bash
$bin completion zsh >release/completions/_deployctl
$bin completion fish >release/completions/deployctl.fish
$bin completion powershell >release/completions/deployctl.ps1
$bin man | gzip -9n >release/man/deployctl.1.gz
for command in $($bin __complete man '' | cut -f1); do
	$bin man "$command" | gzip -9n >"release/man/deployctl-$command.1.gz"
done
rm $bin
