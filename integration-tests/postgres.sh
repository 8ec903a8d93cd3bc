#!/usr/bin/env bash
# A server of PostgreSQL for the tests, on loopback, that keeps nothing.
#
#   eval "$(integration-tests/postgres.sh start)"    starts it, sets PASSPORT_TEST_POSTGRES
#   integration-tests/postgres.sh halt               ends it at once, as a crash would; what it has stays
#   integration-tests/postgres.sh resume             starts it again, on the same port
#   integration-tests/postgres.sh stop
#
# Needs Debian's postgresql, or its programs on PATH. They refuse to run as root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly FOLDER=${PASSPORT_TEST_POSTGRES_FOLDER:-${TMPDIR:-/tmp}/passport-test-postgres-$UID}
PATH=$PATH:$(echo /usr/lib/postgresql/*/bin | tr ' ' ':')

as_nobody() {
    if [[ $(id -u) -eq 0 ]]; then
        (cd / && setpriv --reuid=65534 --regid=65534 --clear-groups "$@")
    else
        "$@"
    fi
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

start() {
    stop
    mkdir -p "$FOLDER"
    if [[ $(id -u) -eq 0 ]]; then chown 65534:65534 "$FOLDER"; fi
    local port
    port=$(free_port)
    printf 'mesh' >"$FOLDER/password"
    chmod 644 "$FOLDER/password"
    as_nobody initdb --pgdata "$FOLDER/data" --username mesh --pwfile "$FOLDER/password" \
        --auth scram-sha-256 --encoding UTF8 --locale C >"$FOLDER/log" 2>&1 || fail
    # Tests count what survives a killed client, not what survives a power cut.
    echo "$port" >"$FOLDER/port"
    resume
    echo "export PASSPORT_TEST_POSTGRES=postgres://mesh:mesh@127.0.0.1:$port/postgres"
}

resume() {
    local port
    port=$(cat "$FOLDER/port")
    as_nobody pg_ctl --pgdata "$FOLDER/data" --log "$FOLDER/data/log" --wait start \
        --options "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=400" \
        >>"$FOLDER/log" 2>&1 || fail
}

halt() {
    as_nobody pg_ctl --pgdata "$FOLDER/data" --mode immediate --wait --silent stop >>"$FOLDER/log" 2>&1 || fail
}

stop() {
    [[ -d $FOLDER ]] || return 0
    as_nobody pg_ctl --pgdata "$FOLDER/data" --mode immediate --silent stop >/dev/null 2>&1 || true
    rm -rf "$FOLDER"
}

fail() {
    cat "$FOLDER/log" "$FOLDER/data/log" >&2 2>/dev/null || true
    exit 1
}

case ${1:-} in
start) start ;;
halt) halt ;;
resume) resume ;;
stop) stop ;;
*)
    echo "usage: $0 start|halt|resume|stop" >&2
    exit 2
    ;;
esac
