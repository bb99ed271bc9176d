#!/bin/sh
# Runs every fuzz target for FUZZTIME (30s) and stops at the first failure.
set -eu
cd "$(dirname "$0")/.."
time="${FUZZTIME:-30s}"
grep -rl --include='*_test.go' '^func Fuzz' cmd internal | while read -r file; do
	dir=$(dirname "$file")
	grep -ho '^func Fuzz[A-Za-z0-9]*' "$file" | sed 's/^func //' | while read -r target; do
		echo "== $dir $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 20x "./$dir"
	done
done
