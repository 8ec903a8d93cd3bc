#!/usr/bin/env bash
# The image of programs that are built already, without a base image or a builder:
#
#   cargo build --release --workspace --bins
#   deploy/container/from-built.sh target/release passport-mesh:0.1.0
#
# Run it as root, or the folder for data is not the image's user's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly BUILT=$1 TAG=$2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
deploy/container/assemble.sh "$BUILT" "$root"
tar --create --numeric-owner --directory "$root" . | docker import \
    --change 'ENV PATH=/usr/bin' --change 'USER 65532:65532' --change 'WORKDIR /' \
    --change 'CMD ["passport", "--help"]' - "$TAG"
