#!/bin/sh
# Keeps nginx in the background, as Debian's service does: only there it takes SIGUSR2 and SIGWINCH.
# What this script runs, nginx -s among it, is confined by the profile too.
set -eu
nginx() { /usr/sbin/nginx -e stderr -p . -c nginx.conf "$@"; }

nginx -t
nginx
trap 'nginx -s reload' HUP
trap 'nginx -s reopen' USR1
trap 'nginx -s quit' TERM
while [ -e nginx.pid ] || [ -e nginx.pid.oldbin ]; do
    sleep 0.1
done
