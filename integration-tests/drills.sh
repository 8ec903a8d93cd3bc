#!/usr/bin/env bash
# Fault drills against the nine processes of the mesh under load; every reply is checked. Prints a table.
#
#   integration-tests/drills.sh                          each fault 50 times: about an hour
#   integration-tests/drills.sh --times 5                a few times
#   integration-tests/drills.sh --only kill --only cut   some; --help has them all
#
# Needs openssl, Debian's postgresql, and unshare (of util-linux), which has to be allowed to make a mount namespace:
# two replicas get one name there, and a collector a small disk. Nothing outside of it is mounted or changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo build --locked --workspace --bins
exec "${CARGO_TARGET_DIR:-target}/debug/passport-drills" "$@"
