#!/bin/sh
# After the Debian package is unpacked: a user of its own, and the service. Data in
# /var/lib/gongkai is made by the service and never touched by the package.
set -e
if ! getent passwd gongkai >/dev/null; then
	adduser --system --group --home /var/lib/gongkai --no-create-home --quiet --shell /usr/sbin/nologin gongkai >/dev/null 2>&1
fi
# Settings may hold passwords: they are for root and the service alone. Whoever wants
# it otherwise changes it after the first installation, and it stays so.
if [ "${1:-configure}" = configure ] && [ -z "${2:-}" ]; then
	chown root:gongkai /etc/gongkai/gongkai.yaml
	chmod 0640 /etc/gongkai/gongkai.yaml
fi
# Where the service may write beside its data: portal files, and backups once the
# settings ask for them.
install -d -o gongkai -g gongkai -m 0750 /var/backups/gongkai
install -d -o gongkai -g gongkai -m 0755 /etc/gongkai/portals
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl enable gongkai.service >/dev/null
	systemctl restart gongkai.service
fi
