#!/usr/bin/env bash
# Lays out the files of the image: the programs, the shared libraries that they load, the CAs that the
# system trusts, and nothing else.
#
#   deploy/container/assemble.sh target/release /tmp/image
set -euo pipefail

readonly BUILT=$1 ROOT=$2
readonly COLLECTORS=(cicd runtime metrics logs incidents work-items quality manual)
# USER of the image; it has no name, home or shell.
readonly USER_ID=65532

programs=(passport passport-gateway "${COLLECTORS[@]/#/passport-}")

mkdir -p "$ROOT"/{etc/ssl/certs,etc/passport,usr/bin,run/passport,tmp,var/lib/passport}
for program in "${programs[@]}"; do
    strip --strip-debug -o "$ROOT/usr/bin/$program" "$BUILT/$program"
    chmod 755 "$ROOT/usr/bin/$program"
    ldd "$BUILT/$program"
done | grep -oE '/[^ ]+\.so[^ ]*' | sort -u | while read -r library; do
    install -D -m 755 "$(readlink -f "$library")" "$ROOT$library"
done
install -m 644 /etc/ssl/certs/ca-certificates.crt "$ROOT/etc/ssl/certs/"
# So that `localhost` is this container, whatever a name server says.
echo 'hosts: files dns' >"$ROOT/etc/nsswitch.conf"
chmod 1777 "$ROOT/tmp"
if [[ $(id -u) -eq 0 ]]; then chown "$USER_ID:$USER_ID" "$ROOT/var/lib/passport"; fi
