#!/usr/bin/env bash
# Builds everything in release and measures it; prints tables and writes nothing else.
#
#   integration-tests/bench.sh                 everything: about an hour
#   integration-tests/bench.sh --quick         whether it works
#   integration-tests/bench.sh --only cached   one part; --help has them all, and the other flags
#
# PASSPORT_TEST_POSTGRES may name a PostgreSQL; otherwise one is started, which needs Debian's
# postgresql, and thrown away.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo build --locked --release --workspace --bins

if [[ -z ${PASSPORT_TEST_POSTGRES:-} ]]; then
    PASSPORT_TEST_POSTGRES_FOLDER=$(mktemp -d)
    export PASSPORT_TEST_POSTGRES_FOLDER
    trap integration-tests/postgres.sh\ stop EXIT
    postgres=$(integration-tests/postgres.sh start)
    eval "$postgres"
fi

programs=${CARGO_TARGET_DIR:-target}/release
"$programs/passport-bench" --programs "$programs" "$@"
