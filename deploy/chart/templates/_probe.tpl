{{/* How a pod asks itself: (list name, further arguments…). Collectors answer only those that show a certificate;
     the gateway would refuse one that the CA of its callers has not signed. */}}
{{- define "passport.probe" -}}
command:
  - /usr/bin/passport
  - health
  - --gateway=https://localhost:8443
  - --ca=/run/passport/tls/ca.crt
  {{- if ne (first .) "gateway" }}
  - --cert=/run/passport/tls/tls.crt
  - --key=/run/passport/tls/tls.key
  {{- end }}
  - --timeout=4s
  {{- range rest . }}
  - {{ . }}
  {{- end }}
{{- end -}}
