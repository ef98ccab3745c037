#!/bin/sh
# nginx and PHP's FastCGI manager in the foreground: sh serve.sh <app> <exact|any> <port>
# `exact` is Symfony's location, `any` is what most other documentation says.
set -eu
run=$(mktemp -d)
mkdir "$run/tmp" "$run/logs"
case $2 in
    exact) location='^/index\\.php(/|$)' ;;
    any) location='\\.php(/|$)' ;;
esac
sed "s#SOCKET#$run/php.sock#" fpm.conf > "$run/fpm.conf"
sed "s#PORT#$3#; s#ROOT#$PWD/$1/public#; s#LOCATION#$location#; s#php\\.sock#$run/php.sock#" nginx.conf > "$run/nginx.conf"
fpm=$(ls /usr/sbin/php-fpm8* | head -n 1)
user=
[ "$(id -u)" = 0 ] && user=--allow-to-run-as-root && printf 'user = root\ngroup = root\n' >> "$run/fpm.conf" && sed -i '1i user root;' "$run/nginx.conf"
"$fpm" $user --nodaemonize --fpm-config "$run/fpm.conf" &
first=$!
trap 'kill $first $second 2>/dev/null; rm -rf "$run"' EXIT
trap 'exit 0' TERM INT
while [ ! -S "$run/php.sock" ]; do sleep 0.1; done
/usr/sbin/nginx -p "$run" -c "$run/nginx.conf" -e stderr &
second=$!
wait $second
