#!/bin/sh
# Makes the database cluster on first start, then runs the server. A start that is killed half-way through begins
# anew: the cluster gets its name only when it is complete.
set -eu
: "${POSTGRES_PASSWORD:?POSTGRES_PASSWORD must be given}"
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
home=/var/lib/postgresql/data
cluster=$home/15

if [ ! -d "$cluster" ]; then
    new=$home/.new
    rm -rf "$new"
    umask 077
    password=$(mktemp)
    printf '%s\n' "$POSTGRES_PASSWORD" > "$password"
    # The data are on no disk yet whose loss would matter: without syncing, this takes a second instead of five.
    initdb --pgdata="$new" --username="$user" --pwfile="$password" --auth=scram-sha-256 \
           --encoding=UTF8 --locale=C.UTF-8 --no-sync > /dev/null
    rm -f "$password"
    printf 'host all all all scram-sha-256\n' >> "$new/pg_hba.conf"
    if [ "$database" != postgres ]; then
        printf 'CREATE DATABASE "%s";\n' "$database" | postgres --single -D "$new" -F postgres > /dev/null
    fi
    sync
    mv "$new" "$cluster"
fi
unset POSTGRES_PASSWORD

exec postgres -D "$cluster" \
    -c listen_addresses='*' -c unix_socket_directories=/tmp -c jit=off \
    -c shared_buffers=32MB -c max_connections=50 -c logging_collector=off
