#!/bin/sh
# Installs the Debian package of dist/ in a scratch root and runs it there.
set -eu
cd "$(dirname "$0")/.."
package=$(ls dist/deployctl_*_"$(dpkg --print-architecture)".deb)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/info"
touch "$root/var/lib/dpkg/status" "$root/var/lib/dpkg/available"
dpkg --root="$root" --force-not-root --force-script-chrootless --no-triggers --install "$package"
"$root/usr/bin/deployctl" version
mkdir "$root/project"
cp testdata/pairs/tutorial/* "$root/project/"
status=0
"$root/usr/bin/deployctl" lint "$root/project" >"$root/findings" || status=$?
[ $status = 1 ] && grep -q pair- "$root/findings" || {
	echo "the installed deployctl lints with exit code $status:" >&2
	cat "$root/findings" >&2
	exit 1
}
for f in share/bash-completion/completions/deployctl share/zsh/vendor-completions/_deployctl share/fish/vendor_completions.d/deployctl.fish \
	share/man/man1/deployctl.1.gz share/man/man1/deployctl-lint.1.gz share/doc/deployctl/copyright; do
	[ -s "$root/usr/$f" ] || { echo "the package lacks /usr/$f" >&2; exit 1; }
done
gzip -t "$root"/usr/share/man/man1/*.gz
echo "$(basename "$package") installs and lints"
