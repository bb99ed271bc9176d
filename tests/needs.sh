#!/bin/sh
# Installs what the tests need beyond Go and a C compiler, from Debian's packages,
# where this user may; elsewhere says what will be skipped.
set -u
need=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || need="$need chromium"
fc-list :lang=zh 2>/dev/null | grep -q . || need="$need fonts-noto-cjk"
command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || [ -n "${GONGKAI_TEST_POSTGRES:-}" ] || need="$need postgresql"
command -v sqlite3 >/dev/null 2>&1 || need="$need sqlite3"
/usr/bin/python3 -c 'import openpyxl' 2>/dev/null || need="$need python3-openpyxl"
[ -n "$need" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "installing for the tests:$need"
	if { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $need; } >/tmp/gongkai-needs.log 2>&1; then
		exit 0
	fi
	echo "could not install (see /tmp/gongkai-needs.log)"
fi
echo "skipped where missing:$need. The tests that need them say so; all others run."
exit 0
