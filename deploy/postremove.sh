#!/bin/sh
# After the Debian package went: what the service kept to be faster goes with a purge.
# Data, backups and the user that owns them stay: they are the operator's.
set -e
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
fi
if [ "${1:-}" = purge ]; then
	rm -rf /var/cache/gongkai
	rmdir --ignore-fail-on-non-empty /etc/gongkai/portals /etc/gongkai /var/backups/gongkai 2>/dev/null || true
	if [ -d /var/lib/gongkai ]; then
		echo "/var/lib/gongkai and the user gongkai are left; to be rid of all data: rm -r /var/lib/gongkai && deluser --system gongkai"
	fi
fi
