#!/bin/sh
# Runs every fuzz target of the module for the given time.
set -eu
time=${1:-3s}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
git grep -l '^func Fuzz' -- '*_test.go' | while read -r file; do
	sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file" | while read -r target; do
		echo "fuzz $target ./$(dirname "$file")"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "./$(dirname "$file")" >"$out" 2>&1 || {
			# When the time is up in the middle of an input, go may report that as
			# a failure (golang.org/issue/75804); a real one writes its input down.
			if grep -q 'context deadline exceeded' "$out" && ! grep -q -e 'Failing input' -e panic -e 'DATA RACE' "$out"; then
				echo 'the time was up in the middle of an input'
				continue
			fi
			cat "$out"
			exit 1
		}
		tail -n 1 "$out"
	done
done
