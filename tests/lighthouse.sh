#!/bin/sh
# Lighthouse on the main pages of the demonstration, in both languages. It reports
# and fails where a page is below 95 in performance or below 100 in the others.
# LIGHTHOUSE names the program; npm installs it (npm install lighthouse).
set -eu
lighthouse=${LIGHTHOUSE:-$(command -v lighthouse || true)}
chrome=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$lighthouse" ] || [ -z "$chrome" ] || ! command -v node >/dev/null; then
	echo "skipped: Lighthouse was not run: it needs node, Chromium and lighthouse (npm install lighthouse; LIGHTHOUSE=…/node_modules/.bin/lighthouse)"
	exit 0
fi
dir=$(mktemp -d)
addr=${ADDR:-127.0.0.1:18431}
./bin/dashboard demo --addr "$addr" --data "$dir/demo" >"$dir/log" 2>&1 &
demo=$!
trap 'kill $demo 2>/dev/null || true; wait $demo 2>/dev/null || true; rm -rf "$dir"' EXIT INT TERM
n=0
until [ "$(curl -fs "http://$addr/readyz" || true)" = ready ]; do
	n=$((n + 1))
	[ $n -lt 120 ] || { echo "the demonstration is not ready after a minute:"; cat "$dir/log"; exit 1; }
	sleep 0.5
done
failed=0
for path in / /agencies/990101001 /reports/990101002/2021 /compare /status/990101/2024 /methods; do
	for lang in "" /en; do
		CHROME_PATH=$chrome "$lighthouse" "http://$addr$lang$path" --quiet --output=json --output-path="$dir/report.json" \
			--chrome-flags="--headless --no-sandbox --disable-gpu --disable-quic --disable-background-networking --disable-component-update --disable-sync" >/dev/null
		node tests/lighthouse.js "$dir/report.json" "$lang$path" || failed=1
	done
done
exit $failed
