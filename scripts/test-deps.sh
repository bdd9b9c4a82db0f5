#!/bin/sh
# Installs what the tests need: the real nginx, uWSGI, git, pre-commit, Neovim, tmux, wrk, zsh, fish, Hugo, Django, Flask, systemd's tools, logrotate, Apache and gunicorn.
# Without apt-get or the right to use it, it says what is missing and goes on:
# tests that need a missing program skip, unless DEPLOYCTL_REQUIRE_REAL=1.
set -eu

packages=
need() { # need COMMAND PACKAGE
	command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || packages="$packages $2"
}
need nginx nginx-light
[ -e /usr/lib/nginx/modules/ngx_stream_module.so ] || packages="$packages libnginx-mod-stream"
need uwsgi uwsgi-core
need gcc gcc
need git git
need pre-commit pre-commit
need nvim neovim
need systemd-analyze systemd
need logrotate logrotate
need apache2 apache2
need gunicorn gunicorn
need tmux tmux
need wrk wrk
need zsh zsh
need fish fish
need hugo hugo
[ -d /etc/uwsgi ] || packages="$packages uwsgi"
[ -d /etc/uwsgi-emperor ] || packages="$packages uwsgi-emperor"
[ -e /usr/lib/uwsgi/plugins/python3_plugin.so ] || packages="$packages uwsgi-plugin-python3"
/usr/bin/python3 -c 'import django' 2>/dev/null || packages="$packages python3-django"
/usr/bin/python3 -c 'import flask' 2>/dev/null || packages="$packages python3-flask"

[ -n "$packages" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
	echo "missing for the tests:$packages (no apt-get here to install them)" >&2
	exit 0
fi
sudo=
if [ "$(id -u)" != 0 ]; then
	sudo='sudo -n'
	$sudo true 2>/dev/null || {
		echo "missing for the tests; install with: sudo apt-get install$packages" >&2
		exit 0
	}
fi
echo "installing for the tests:$packages"
# The packages would start nginx on port 80; a policy that refuses keeps them still.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
	$sudo chmod 755 $policy
	trap '$sudo rm -f $policy' EXIT
fi
$sudo apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $packages >/dev/null
