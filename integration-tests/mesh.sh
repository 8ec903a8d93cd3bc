#!/usr/bin/env bash
# The whole mesh on this machine: eight collectors and the gateway, each a process of its own, mutual TLS between
# them, one configuration file. To be read as much as to be run.
#
#   integration-tests/mesh.sh           starts it, asks it, shows whom it refuses, and ends it
#   integration-tests/mesh.sh --stay    leaves it running until Ctrl-C
#
# Takes ports 8100 to 8108 and 4318 of 127.0.0.1; PASSPORT_MESH_PORT=9100 takes 9100 to 9108 and 9109.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly COLLECTORS=(cicd runtime metrics logs incidents work-items quality manual)
readonly SERVICES=("${COLLECTORS[@]}" gateway)
readonly FIRST=${PASSPORT_MESH_PORT:-8100}
readonly PROGRAMS=$PWD/${CARGO_TARGET_DIR:-target}/debug
readonly SCOPE=(--workspace workspace-acme-prod --service checkout-api --environment production)

FOLDER=$(mktemp -d)
readonly FOLDER CERTIFICATES=$FOLDER/certificates
running=()
ended() {
    for it in "${running[@]}"; do kill "$it" 2>/dev/null || true; done
    wait
    rm -rf "$FOLDER"
}
trap ended EXIT

say() { printf '\n== %s\n' "$*"; }

# The gateway takes the first port, the collectors those after it.
port() {
    local number=$FIRST service
    for service in gateway "${COLLECTORS[@]}"; do
        [[ $service != "$1" ]] || break
        number=$((number + 1))
    done
    echo "$number"
}
otlp_port() { if [[ $FIRST == 8100 ]]; then echo 4318; else echo $((FIRST + 9)); fi; }

# --- 1. an authority, and a certificate for each of the nine

say "certificates"
# … and for two that call: the configuration names `caller`, and nobody names `stranger`.
deploy/certificates/new.sh "$CERTIFICATES" mesh.example "${SERVICES[@]}" caller stranger

# A second authority, which nobody here trusts.
deploy/certificates/new.sh "$FOLDER/elsewhere" mesh.example gateway >/dev/null

# expired NAME: a certificate of the mesh's own authority for somebody who is named, and whose time is over.
expired() {
    local to=$FOLDER/expired/$1 own=$CERTIFICATES/$1
    mkdir -p "$to"
    printf '%s\n' '[ca]' 'default_ca = own' '[own]' "database = $to/index" 'rand_serial = yes' 'policy = any' \
        'default_md = sha256' '[any]' 'commonName = supplied' >"$to/ca.conf"
    : >"$to/index"
    openssl req -new -key "$own/tls.key" -subj "/CN=passport-$1" -out "$to/request"
    openssl ca -batch -notext -config "$to/ca.conf" -cert "$CERTIFICATES/ca.crt" -keyfile "$CERTIFICATES/ca.key" \
        -startdate 20250101000000Z -enddate 20250201000000Z -outdir "$to" -in "$to/request" -out "$to/tls.crt" \
        -extfile <(
            echo "extendedKeyUsage=clientAuth"
            echo "subjectAltName=URI:spiffe://mesh.example/passport-$1"
        ) 2>/dev/null
    cp "$own/tls.key" "$to/tls.key"
    echo "spiffe://mesh.example/passport-$1, expired, in $to"
}
expired caller
expired gateway

# --- 2. one configuration for all nine

# A token for the pipeline. The configuration gets its hash.
PASSPORT_TOKEN=$(openssl rand -hex 32)
export PASSPORT_TOKEN
hash=$(printf %s "$PASSPORT_TOKEN" | sha256sum | cut -d ' ' -f 1)

grants='{ workspace: workspace-acme-prod, services: ["*"], environments: ["*"], verbs: [collect, read, check, ingest] }'
shows() { echo "{ certificate: $CERTIFICATES/$1/tls.crt, key: $CERTIFICATES/$1/tls.key, client_ca: $CERTIFICATES/$1/ca.crt }"; }

{
    cat <<END
gateway:
  tls: $(shows gateway)
  # Callers show the token of the pipeline, or a certificate.
  tokens: [{ id: pipeline, sha256: "$hash", grants: [$grants] }]
  clients: [{ id: caller, identity: "spiffe://mesh.example/passport-caller", grants: [$grants] }]
store: { folder: $FOLDER/kept }
workspaces:
  workspace-acme-prod:
    services:
      checkout-api:
        environments:
          production:
            sources:
              scan: { connector: trivy, scope: { artifact: images.example.com/acme/checkout-api } }
collectors:
END
    for name in "${COLLECTORS[@]}"; do
        cat <<END
  $name:
    address: https://127.0.0.1:$(port "$name")
    ca: $CERTIFICATES/$name/ca.crt
    identity: spiffe://mesh.example/passport-$name
    tls: $(shows "$name")
    # Nobody but the gateway may ask.
    clients: [{ id: gateway, identity: "spiffe://mesh.example/passport-gateway", grants: [$grants] }]
END
    done
} >"$FOLDER/passport.yaml"

say "the configuration is good"
"$PROGRAMS/passport" config check "$FOLDER/passport.yaml"

# --- 3. nine processes

for name in "${SERVICES[@]}"; do
    more=()
    # Senders of metrics show a token of their own and no certificate, on a port where nothing else is.
    if [[ $name == metrics ]]; then more=(--otlp-listen "127.0.0.1:$(otlp_port)"); fi
    "$PROGRAMS/passport-$name" --config "$FOLDER/passport.yaml" --listen "127.0.0.1:$(port "$name")" "${more[@]}" \
        >"$FOLDER/$name.out" 2>"$FOLDER/$name.log" &
    running+=($!)
done

# --- 4. are they well?

# Each is asked as its own supervisor would, with its own certificate. The gateway asks for none.
health() {
    local name=$1 shown=()
    if [[ $name != gateway ]]; then shown=(--cert "$CERTIFICATES/$name/tls.crt" --key "$CERTIFICATES/$name/tls.key"); fi
    env -u PASSPORT_TOKEN "$PROGRAMS/passport" health --ready --gateway "https://127.0.0.1:$(port "$name")" \
        --ca "$CERTIFICATES/ca.crt" "${shown[@]}"
}

say "health"
for name in "${SERVICES[@]}"; do
    for attempt in {1..100}; do
        if said=$(health "$name" 2>&1); then break; fi
        if ((attempt == 100)); then
            echo "passport-$name is not ready: $said" >&2
            cat "$FOLDER/$name.log" >&2
            exit 1
        fi
        sleep 0.1
    done
    echo "passport-$name: ${said%%$'\n'*}"
done

# --- 5. evidence, through the gateway and a collector

passport() { "$PROGRAMS/passport" --gateway "https://127.0.0.1:$(port gateway)" --ca "$CERTIFICATES/ca.crt" "$@"; }

say "a report of a scanner goes in"
passport ingest --source scan "${SCOPE[@]}" --observed-at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" deploy/examples/trivy-report.json

say "and comes back as evidence"
passport collect "${SCOPE[@]}"

say "the collector wrote down who asked, and for whom"
grep admitted "$FOLDER/quality.log" | tail -n 1

# --- 6. whom they refuse

by_command() { "$PROGRAMS/passport" connectors --gateway "https://127.0.0.1:$(port "$1")" --ca "$CERTIFICATES/ca.crt" "${@:2}"; }
by_curl() { curl --silent --show-error --cacert "$CERTIFICATES/ca.crt" "${@:2}" "https://127.0.0.1:$(port "$1")/readyz"; }
# The call that the gateway makes of a collector, with an empty message.
by_grpc() {
    curl --silent --show-error --cacert "$CERTIFICATES/ca.crt" "${@:2}" --http2 --header 'content-type: application/grpc' \
        --header 'te: trailers' --data-binary @<(printf '\0\0\0\0\0') --dump-header - --output "$FOLDER/message" \
        "https://127.0.0.1:$(port "$1")/passport.collector.v1.CollectorService/ListConnectors" | grep '^grpc-status: 0'
}

# refused WHAT WORDS NAME ARGUMENT…: asks for what is not to be had, and shows the line that tells of it.
refused() {
    local what=$1 words=$2 name=$3
    if "${ask:-by_command}" "$name" "${@:4}" >"$FOLDER/answer" 2>&1; then
        echo "passport-$name served $what" >&2
        exit 1
    fi
    for _ in {1..50}; do
        if line=$(grep -- "$words" "$FOLDER/$name.log" | tail -n 1) && [[ -n $line ]]; then break; fi
        sleep 0.1
    done
    [[ -n $line ]] || { echo "passport-$name did not write down that it refused $what" >&2; exit 1; }
    echo "passport-$name, $what: $line"
}
shown() { echo --cert "$1/tls.crt" --key "$1/tls.key"; }

unset PASSPORT_TOKEN
# shellcheck disable=SC2046
passport collect "${SCOPE[@]}" $(shown "$CERTIFICATES/caller") >/dev/null
say "served without a token: the certificate of caller. Refused, each with the line that tells of it:"
refused "no credential" "a caller without a credential was refused" gateway
for name in "${COLLECTORS[@]}"; do
    refused "no certificate" no_certificate "$name"
done
for name in "${SERVICES[@]}"; do
    # shellcheck disable=SC2046
    refused "a certificate of another CA" bad_certificate "$name" $(shown "$FOLDER/elsewhere/gateway")
done
# Each of somebody whom the service admits, were it not too late. Our own command does not even show such a one.
for name in "${SERVICES[@]}"; do
    if [[ $name == gateway ]]; then who=caller; else who=gateway; fi
    # shellcheck disable=SC2046
    ask=by_curl refused "an expired certificate" 'reason="\?expired' "$name" $(shown "$FOLDER/expired/$who")
done
# shellcheck disable=SC2046
refused "a good one of nobody who is named" passport-stranger gateway $(shown "$CERTIFICATES/stranger")
for name in "${COLLECTORS[@]}"; do
    # shellcheck disable=SC2046
    by_grpc "$name" $(shown "$CERTIFICATES/gateway") >/dev/null || { echo "passport-$name refuses the gateway" >&2; exit 1; }
    # shellcheck disable=SC2046
    ask=by_grpc refused "a good one of nobody who is named" passport-stranger "$name" $(shown "$CERTIFICATES/stranger")
done

# --- 7. the end

if [[ ${1:-} == --stay ]]; then
    say "running: https://127.0.0.1:$(port gateway), configuration and logs in $FOLDER; Ctrl-C ends it"
    wait
fi
say "ended by SIGTERM, each with"
for it in "${running[@]}"; do kill "$it"; done
for it in "${running[@]}"; do
    wait "$it" || { echo "exit code $?" >&2; exit 1; }
done
running=()
echo "exit code 0"
