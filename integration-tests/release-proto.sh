#!/usr/bin/env bash
# Takes the protos as they are now for released: proto/released.binpb, which the breaking
# check compares with. Run at a release only, and commit the file with it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH=$PWD/integration-tests/.tools/venv/bin:$PATH

command -v buf >/dev/null || {
    echo "buf is missing: integration-tests/test.sh --only tools installs it" >&2
    exit 1
}
readonly image=proto/released.binpb
readonly fresh=proto/.released.new.binpb
trap 'rm -f "$fresh"' EXIT

buf lint
if [[ -f $image ]]; then buf breaking --against "$image"; fi
# Without source info the image changes only when what goes over the wire does.
buf build --exclude-source-info -o "$fresh"
mv "$fresh" "$image"
echo "$image is made: commit it"
