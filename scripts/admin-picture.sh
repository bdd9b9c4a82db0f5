#!/bin/sh
# Makes docs/admin.png: Django's admin as a browser shows it, after a login through
# the pair that `deployctl up` runs. Needs Chromium and Django (on Debian:
# apt-get install chromium python3-django).
#
#	scripts/admin-picture.sh bin/deployctl
set -eu

bin=$(realpath "$1")
python=${PYTHON:-/usr/bin/python3} # the one that Debian installs Django for
root=$(cd "$(dirname "$0")/.." && pwd)
dir=$(mktemp -d)
trap 'cd /; "$bin" down "$dir/shop" >/dev/null 2>&1 || true; rm -rf "$dir"' EXIT

cp -R "$root/testdata/projects/django" "$dir/shop"
cp "$root/testdata/descriptions/django.ini" "$dir/shop/deployctl.ini"
cd "$dir/shop"
"$bin" gen >/dev/null
export DJANGO_SUPERUSER_PASSWORD=opens-the-shop
"$python" manage.py migrate --verbosity 0
"$python" manage.py collectstatic --noinput --verbosity 0
"$python" manage.py createsuperuser --noinput --username keeper --email keeper@shop.example

# A browser fills in the login form, token and cookie included, and follows it.
# It does so before this page is loaded, so that the admin is what it shows.
cat >staticfiles/enter.html <<'EOF'
<!doctype html>
<body>
<script>
const request = new XMLHttpRequest();
request.open("GET", "/admin/login/", false);
request.send();
const form = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("form");
form.action = "/admin/login/?next=/admin/";
form.username.value = "keeper";
form.password.value = "opens-the-shop";
document.body.append(document.adoptNode(form));
form.submit();
</script>
EOF

url=$("$bin" up --detach --format json --nginx embedded --uwsgi embedded . | "$python" -c 'import json, sys; print(json.load(sys.stdin)["urls"][0])')
timeout 60 chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking \
	--disable-component-update --disable-sync --user-data-dir="$dir/chromium" --window-size=1000,320 \
	--screenshot="$dir/admin.png" "${url}static/enter.html" 2>"$dir/chromium.log" || { cat "$dir/chromium.log" >&2; exit 1; }
"$bin" logs . | grep -q '302 POST /admin/login/' || { echo 'the browser did not log in:' >&2; "$bin" logs . >&2; exit 1; }
cp "$dir/admin.png" "$root/docs/admin.png"
ls -l "$root/docs/admin.png"
