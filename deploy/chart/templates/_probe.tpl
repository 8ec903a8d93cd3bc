{{- define "passport.probe" -}}
command:
  - /usr/bin/passport
  - health
  - --gateway=https://localhost:8443
  - --ca=/run/passport/tls/ca.crt
  - --cert=/run/passport/tls/tls.crt
  - --key=/run/passport/tls/tls.key
  - --timeout=4s
  {{- range . }}
  - {{ . }}
  {{- end }}
{{- end -}}
