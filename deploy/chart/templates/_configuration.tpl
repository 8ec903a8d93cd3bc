{{/* The file that all services read: where each is, what it shows, whom it admits, and what the values say. */}}
{{- define "passport.configuration" -}}
{{- $root := . -}}
{{- $ca := "/run/passport/tls/ca.crt" -}}
{{- $shown := dict "certificate" "/run/passport/tls/tls.crt" "key" "/run/passport/tls/tls.key" -}}
{{- $grants := list -}}
{{- range $workspace := keys .Values.config.workspaces | sortAlpha -}}
{{- $grants = append $grants (dict "workspace" $workspace "services" (list "*") "environments" (list "*") "verbs" (list "collect" "read" "check" "ingest" "notify" "vouch")) -}}
{{- end -}}
{{- $gateway := dict "id" "gateway" "identity" (include "passport.identity" (list $root "gateway")) "grants" $grants -}}
{{- $collectors := dict -}}
{{- range $name, $it := omit (fromYaml (include "passport.services" .)) "gateway" -}}
{{- $address := printf "https://%s-%s.%s.svc:8443" (include "passport.prefix" $root) $name $root.Release.Namespace -}}
{{- /* Who is granted nothing is no client, and without clients nobody is asked for a certificate. */ -}}
{{- $clients := concat (ternary (list $gateway) (list) (not (empty $grants))) ($it.clients | default list) -}}
{{- $tls := ternary (deepCopy $shown) (merge (dict "client_ca" $ca) $shown) (empty $clients) -}}
{{- $one := dict "address" $address "ca" $ca "identity" (include "passport.identity" (list $root $name)) "tls" $tls -}}
{{- if $clients -}}
{{- $_ := set $one "clients" $clients -}}
{{- end -}}
{{- $_ := set $collectors $name $one -}}
{{- end -}}
{{- $tls := deepCopy $shown -}}
{{- if .Values.gateway.callersCa.configMap -}}
{{- $_ := set $tls "client_ca" "/run/passport/callers/ca.crt" -}}
{{- end -}}
{{- $made := dict "gateway" (dict "tls" $tls) "collectors" $collectors -}}
{{- $_ := set $made "secrets" (dict "folder" "/run/passport/secrets") -}}
{{- $_ := set $made "store" (dict "postgres" (dict "file" "/run/passport/database/url")) -}}
{{- $_ := set $made "telemetry" (dict "log_format" "json") -}}
{{- toYaml (mergeOverwrite $made (deepCopy .Values.config)) -}}
{{- end -}}
