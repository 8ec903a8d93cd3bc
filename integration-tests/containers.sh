#!/usr/bin/env bash
# The image and the compose file on a real Docker Engine, which this script starts for itself and ends again.
# No image is pulled: the programs are those of target/debug, or of the folder that is named.
#
#   integration-tests/containers.sh [FOLDER]
#
# Needs root, and on Debian: apt-get install docker.io docker-compose iptables. No step of test.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly BUILT=${1:-target/debug} IMAGE=passport-mesh:proof
WORK=$(mktemp -d)
readonly WORK
export DOCKER_HOST=unix://$WORK/socket COMPOSE_PROJECT_NAME=proof PASSPORT_IMAGE=$IMAGE
readonly SCOPE=(--workspace workspace-acme-prod --service checkout-api --environment production)

compose() { docker-compose --file "$WORK/compose/compose.yaml" "$@"; }

start_engine() {
    dockerd --host "$DOCKER_HOST" --data-root "$WORK/data" --exec-root "$WORK/run" --pidfile "$WORK/pid" \
        --bridge none --iptables=false --ip6tables=false --storage-driver vfs >"$WORK/log" 2>&1 &
    trap end EXIT
    for _ in {1..60}; do
        if docker version >/dev/null 2>&1; then return; fi
        sleep 1
    done
    tail "$WORK/log"
    exit 1
}

end() {
    compose down --volumes --timeout 30 >/dev/null 2>&1 || true
    kill "$(cat "$WORK/pid")"
    wait
    rm -rf "$WORK"
}

# As strict as the chart is.
confined() {
    docker run --rm --network none --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges "$IMAGE" "$@"
}

show_image() {
    deploy/container/from-built.sh "$BUILT" "$IMAGE"
    docker images "$IMAGE"
    confined passport --version
    confined passport-gateway --version
    confined passport demo --once
}

lay_out() {
    cp -r deploy/compose "$WORK/compose"
    deploy/certificates/new.sh "$WORK/compose/certificates"
    mkdir "$WORK/compose/secrets"
    echo example >"$WORK/compose/secrets/prometheus-token"
    echo another-example >"$WORK/compose/secrets/checkout-otlp-token"
    chown -R 65532:65532 "$WORK"/compose/certificates/*/ "$WORK/compose/secrets"
    PASSPORT_TOKEN=$("$BUILT/passport" token new --id ci "${SCOPE[@]}" --verb collect 2>/dev/null)
    export PASSPORT_TOKEN
    local hash
    hash=$(printf %s "$PASSPORT_TOKEN" | sha256sum | cut -d ' ' -f 1)
    sed -i "s/sha256: .*/sha256: \"$hash\"/" "$WORK/compose/passport.yaml"
    "$BUILT/passport" config check "$WORK/compose/passport.yaml"
}

states() { docker ps --all --filter name=proof_ --format '{{.Names}} {{.Status}}' | sort; }

until_healthy() {
    for _ in {1..90}; do
        if [[ $(states | grep -c '(healthy)') -eq 9 ]]; then return; fi
        sleep 2
    done
    states
    compose logs --tail 5
    exit 1
}

# The gateway knows the caller by the token; the collectors know the gateway by its certificate.
ask() {
    docker run --rm --network proof_mesh --read-only --cap-drop ALL --env PASSPORT_TOKEN \
        --volume "$WORK/compose/certificates/ca.crt:/ca.crt:ro" "$IMAGE" \
        passport --gateway https://passport-gateway:8443 --ca /ca.crt collect "${SCOPE[@]}"
}

start_engine
show_image
lay_out
compose up --detach
until_healthy
states
ask
