#!/bin/sh
# `replaced.sh before` notes the processes of nginx; then `replaced.sh` succeeds once all of them are gone.
if [ "$1" = before ]; then
    pid=$(cat nginx.pid)
    cat "/proc/$pid/task/$pid/children" >children
    exit
fi
for child in $(cat children); do
    ! kill -0 "$child" 2>/dev/null || exit 1
done
