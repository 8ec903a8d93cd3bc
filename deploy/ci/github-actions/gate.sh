#!/usr/bin/env bash
# The step of action.yml: gets the job's own token from GitHub, asks the gateway, and ends as `passport gate`
# does. Needs docker, curl and jq, which GitHub's Linux runners have.
set -euo pipefail

die() {
    echo "::error::$*"
    exit 2
}

[[ -n ${ACTIONS_ID_TOKEN_REQUEST_URL:-} ]] ||
    die "this job may not ask GitHub for a token; add \`permissions: { id-token: write }\` to it"

# Prints the token of this job for our audience. The header is read from a file, as arguments show in lists
# of processes.
id_token() {
    curl --silent --show-error --fail --max-time 20 --retry 2 --get \
        --header @<(printf 'Authorization: Bearer %s\n' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN") \
        --data-urlencode "audience=$AUDIENCE" \
        "$ACTIONS_ID_TOKEN_REQUEST_URL" | jq --exit-status --raw-output .value
}

PASSPORT_TOKEN=$(id_token) || die "GitHub gave no token for the audience $AUDIENCE"
echo "::add-mask::$PASSPORT_TOKEN"
export PASSPORT_TOKEN PASSPORT_GATEWAY

folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/passport.XXXXXX")
gate=(
    passport gate --workspace "$WORKSPACE_NAME" --service "$SERVICE_NAME" --environment "$ENVIRONMENT_NAME"
    --timeout "$TIMEOUT" --summary "$folder/passport.md" --junit "$folder/passport.xml" --output json
)
[[ -z $REVISION ]] || gate+=(--revision "$REVISION")
[[ -z $DIGEST ]] || gate+=(--digest "$DIGEST")
[[ -z $VERSION ]] || gate+=(--version "$VERSION")
[[ -z $FAIL_ON ]] || gate+=(--fail-on "$FAIL_ON")

# The container gets the token, the gateway and a folder of this step's own, and nothing else of the runner.
code=0
docker run --rm --user "$(id -u):$(id -g)" --env PASSPORT_TOKEN --env PASSPORT_GATEWAY \
    --volume "$folder:$folder" "$IMAGE" "${gate[@]}" >"$folder/passport.json" || code=$?

if [[ -s $folder/passport.md ]]; then cat "$folder/passport.md" >>"$GITHUB_STEP_SUMMARY"; fi
{
    echo "exit-code=$code"
    echo "decision=$(jq --raw-output '.decision // empty' "$folder/passport.json")"
    echo "passport-id=$(jq --raw-output '.passportId // empty' "$folder/passport.json")"
    echo "junit=$folder/passport.xml"
} >>"$GITHUB_OUTPUT"
exit "$code"
