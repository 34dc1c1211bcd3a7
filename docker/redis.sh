#!/bin/sh
# Start Redis, whatever state its snapshot is in: the database is the truth, and Redis may forget.
set -eu
snapshot=dump.rdb # in /data, which the image starts in

if [ -e "$snapshot" ] && ! redis-check-rdb "$snapshot" >/dev/null 2>&1; then
    echo "The snapshot is damaged: it is set aside, and Redis begins empty."
    mv "$snapshot" "$snapshot.damaged"
fi
# A disk that is full, so that no snapshot can be written, must not stop it either.
exec redis-server --requirepass "$REDISCLI_AUTH" --save 60 1 --stop-writes-on-bgsave-error no "$@"
