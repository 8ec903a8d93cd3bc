{{- define "passport.prefix" -}}
{{- ternary .Release.Name (printf "%s-passport" .Release.Name) (contains "passport" .Release.Name) | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Every service that is deployed, by name, with its settings. */}}
{{- define "passport.services" -}}
{{- $services := dict "gateway" (mergeOverwrite (deepCopy .Values.defaults) .Values.gateway) -}}
{{- range $name, $own := .Values.collectors -}}
{{- if $own.enabled -}}
{{- $_ := set $services $name (mergeOverwrite (deepCopy $.Values.defaults) $own) -}}
{{- end -}}
{{- end -}}
{{- toYaml $services -}}
{{- end -}}

{{/* The labels that tell one service's pods: (list root name). */}}
{{- define "passport.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: passport-mesh
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "passport.labels" -}}
{{- $root := index . 0 -}}
{{ include "passport.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ $root.Chart.Name }}-{{ $root.Chart.Version }}
{{- end -}}

{{/* Name and labels of an object of one service: (list root name). */}}
{{- define "passport.metadata" -}}
{{- $root := index . 0 -}}
name: {{ include "passport.prefix" $root }}-{{ index . 1 }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "passport.labels" . | nindent 2 }}
{{- end -}}

{{- define "passport.identity" -}}
{{- $root := index . 0 -}}
spiffe://{{ $root.Values.trustDomain }}/ns/{{ $root.Release.Namespace }}/sa/{{ include "passport.prefix" $root }}-{{ index . 1 }}
{{- end -}}

{{/* (list root image-of-the-service) */}}
{{- define "passport.image" -}}
{{- $image := mergeOverwrite (deepCopy (index . 0).Values.image) (index . 1) -}}
{{- $own := index . 1 -}}
{{- if or $own.digest (and $image.digest (not $own.tag)) -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default (index . 0).Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "passport.configMap" -}}
{{ .Values.existingConfigMap | default (printf "%s-configuration" (include "passport.prefix" .)) }}
{{- end -}}

{{/* Rules of a NetworkPolicy: where a service may go. */}}
{{- define "passport.egress" -}}
{{- range . }}
- to:
    {{- if .cidr }}
    - ipBlock:
        cidr: {{ .cidr }}
        {{- with .except }}
        except: {{ toYaml . | nindent 10 }}
        {{- end }}
    {{- else }}
    - {{ toYaml .peer | nindent 6 | trim }}
    {{- end }}
  ports:
    {{- range .ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end }}
{{- end -}}
