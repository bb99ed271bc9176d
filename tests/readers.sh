#!/bin/sh
# Installs the readers of others that tests of the exports use where they are there: Data
# Packages, Parquet (DuckDB) and WARC, from npm, into the user's cache. Without them those
# tests say that they are skipped.
set -eu
to="$HOME/.cache/gongkai-readers"
mkdir -p "$to"
cd "$to"
[ -f package.json ] || printf '{"private":true}\n' >package.json
npm install --no-audit --no-fund datapackage@1.1.10 @duckdb/node-api@1.5.6-r.1 warcio@2
echo "installed into $to"
