#!/bin/sh
# Before the Debian package goes: the service stops. On an upgrade it is started again
# by the new one.
set -e
if [ -d /run/systemd/system ]; then
	systemctl stop gongkai.service || true
	if [ "${1:-}" = remove ]; then
		systemctl disable gongkai.service >/dev/null || true
	fi
fi
