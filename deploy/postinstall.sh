#!/bin/sh
# After the Debian package is unpacked: a user of its own, and the service. Data in
# /var/lib/gongkai is made by the service and never touched by the package.
set -e
if ! getent passwd gongkai >/dev/null; then
	adduser --system --group --home /var/lib/gongkai --no-create-home --shell /usr/sbin/nologin gongkai >/dev/null
fi
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl enable gongkai.service >/dev/null
	systemctl restart gongkai.service
fi
