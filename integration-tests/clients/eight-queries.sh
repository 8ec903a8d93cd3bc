#!/usr/bin/env bash
# What a team writes instead of a mesh: eight queries, one after the other, each judged against a limit.
#
#   eight-queries.sh PROMETHEUS LOKI     prints a line a query and ends with 1 where one is not passed
#
# Written with care: a failed request, a status that is not `success`, no series, several series and what is
# no finite number all stop the release. Needs curl and jq.
set -uo pipefail

readonly PROMETHEUS=$1 LOKI=$2
readonly SCOPE='environment="production",service="checkout-api"'
failed=0

# The one finite number of an instant query; fails where there is none.
number() {
    curl --fail --silent --show-error --max-time 10 --get "$1" --data-urlencode "query=$2" |
        jq --exit-status --raw-output '
            if .status != "success" then error("not a success") else . end
            | .data.result
            | if length != 1 then error("not one series") else .[0].value[1] end
            | tonumber
            | if isnan or isinfinite then error("not a number") else . end'
}

judge() {
    local name=$1 url=$2 query=$3 wanted=$4 value
    if ! value=$(number "$url" "$query" 2>/dev/null); then
        echo "$name unknown"
        failed=1
    elif jq --null-input --exit-status "$value $wanted" >/dev/null 2>&1; then
        echo "$name passed $value"
    else
        echo "$name failed $value"
        failed=1
    fi
}

prometheus() { judge "$1" "$PROMETHEUS/api/v1/query" "$2" "$3"; }
loki() { judge "$1" "$LOKI/loki/api/v1/query" "$2" "$3"; }

prometheus error_rate "sum(rate(http_errors_total{$SCOPE}[5m])) / sum(rate(http_requests_total{$SCOPE}[5m]))" '< 0.01'
prometheus availability "sum(rate(http_good_total{$SCOPE}[5m])) / sum(rate(http_requests_total{$SCOPE}[5m]))" '>= 0.999'
prometheus p95_latency "histogram_quantile(0.95, sum by (le) (rate(http_duration_seconds_bucket{$SCOPE}[5m])))" '< 0.5'
prometheus p99_latency "histogram_quantile(0.99, sum by (le) (rate(http_duration_seconds_bucket{$SCOPE}[5m])))" '< 1'
prometheus saturation "max(process_cpu_share{$SCOPE})" '< 0.8'
prometheus http_5xx_count "sum(increase(http_errors_total{$SCOPE}[5m]))" '< 100'
loki error_log_count "sum(count_over_time({$SCOPE} |= \"level=error\" [5m]))" '< 100'
loki startup_failure_count "sum(count_over_time({$SCOPE} |= \"startup failed\" [5m]))" '< 1'
exit $failed
