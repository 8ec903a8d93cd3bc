#!/usr/bin/env bash
# A private CA, and a certificate of it for every service: FOLDER/ca.crt, FOLDER/ca.key, and for each service
# FOLDER/NAME/tls.crt, tls.key and ca.crt.
#
#   deploy/certificates/new.sh FOLDER [TRUST_DOMAIN] [SERVICE...]
#
# An existing CA is kept: run it again with the name of a service to give that one a new certificate.
# Identity of a service: spiffe://TRUST_DOMAIN/passport-NAME. A variable HOSTS has further names and addresses
# under which services are reached, such as "DNS:passport.example.com,IP:192.0.2.7".
set -euo pipefail
umask 077

readonly FOLDER=$1 TRUST_DOMAIN=${2:-mesh.example}
readonly EVERY=(gateway cicd runtime metrics logs incidents work-items quality manual)
readonly CA_DAYS=3650 DAYS=90

key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

authority() {
    key "$FOLDER/ca.key"
    openssl req -new -x509 -days "$CA_DAYS" -key "$FOLDER/ca.key" -out "$FOLDER/ca.crt" -subj "/CN=Passport Mesh CA" \
        -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign
    chmod 644 "$FOLDER/ca.crt"
}

# Both uses: a service is asked, and asks (the gateway its collectors, each its own probe).
extensions() {
    echo "basicConstraints=critical,CA:FALSE"
    echo "keyUsage=critical,digitalSignature"
    echo "extendedKeyUsage=serverAuth,clientAuth"
    echo "subjectAltName=URI:spiffe://$TRUST_DOMAIN/passport-$1,DNS:passport-$1,DNS:localhost,IP:127.0.0.1${HOSTS:+,$HOSTS}"
}

# Written beside the old ones and moved over them, so that nobody reads half a file.
certificate() {
    local name=$1 to=$FOLDER/$1
    mkdir -p "$to"
    key "$to/new.key"
    openssl req -new -key "$to/new.key" -subj "/CN=passport-$name" |
        openssl x509 -req -days "$DAYS" -CA "$FOLDER/ca.crt" -CAkey "$FOLDER/ca.key" \
            -extfile <(extensions "$name") -out "$to/new.crt" 2>/dev/null
    chmod 644 "$to/new.crt"
    mv "$to/new.key" "$to/tls.key"
    mv "$to/new.crt" "$to/tls.crt"
    install -m 644 "$FOLDER/ca.crt" "$to/ca.crt"
}

mkdir -p "$FOLDER"
[[ -e $FOLDER/ca.key ]] || authority
services=("${@:3}")
for name in "${services[@]:-${EVERY[@]}}"; do
    certificate "$name"
    echo "spiffe://$TRUST_DOMAIN/passport-$name in $FOLDER/$name"
done
