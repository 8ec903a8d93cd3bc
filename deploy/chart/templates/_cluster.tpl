{{/* Sources of a collector that ask the cluster with the account of its own pod, `in_cluster: true` in the
     configuration, and those that are named beside it: (list root name settings). Each with connector, scope and what
     it names beside its object. */}}
{{- define "passport.inCluster" -}}
{{- $root := index . 0 -}}
{{- $connectors := index (dict "runtime" (list "kubernetes" "argo-rollouts" "flagger") "cicd" (list "flux" "argo-cd")) (index . 1) | default list -}}
{{- $found := list -}}
{{- range $workspace := $root.Values.config.workspaces -}}
{{- range $service := $workspace.services | default dict -}}
{{- range $environment := $service.environments | default dict -}}
{{- range $source := $environment.sources | default dict -}}
{{- if and (has $source.connector $connectors) (eq ($source.in_cluster | default false) true) -}}
{{- $found = append $found (pick $source "connector" "scope" "autoscaler" "disruption_budget") -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $source := (index . 2).inCluster | default list -}}
{{- $found = append $found $source -}}
{{- end -}}
{{- toYaml (dict "sources" $found) -}}
{{- end -}}

{{/* Where the object of a source lies. */}}
{{- define "passport.namespaceOf" -}}
{{ ternary .scope.app_namespace .scope.namespace (eq .connector "argo-cd") }}
{{- end -}}

{{/* What a source reads, and no more: the rules of `deploy/roles`. (list source settings) */}}
{{- define "passport.rulesOf" -}}
{{- $source := index . 0 -}}
{{- $scope := $source.scope -}}
{{- $pods := dict "apiGroups" (list "") "resources" (list "pods") "verbs" (list "list") -}}
{{- $rules := list -}}
{{- if eq $source.connector "kubernetes" -}}
{{- $group := ternary "batch" "apps" (has $scope.kind (list "Job" "CronJob")) -}}
{{- $rules = append $rules (dict "apiGroups" (list $group) "resources" (list (printf "%ss" (lower $scope.kind))) "resourceNames" (list $scope.name) "verbs" (list "get")) -}}
{{- if eq $scope.kind "CronJob" -}}
{{- $rules = append $rules (dict "apiGroups" (list "batch") "resources" (list "jobs") "verbs" (list "list")) -}}
{{- else if eq $scope.kind "Deployment" -}}
{{- $rules = append $rules (dict "apiGroups" (list "apps") "resources" (list "replicasets") "verbs" (list "list")) -}}
{{- end -}}
{{- $rules = append $rules $pods -}}
{{- with $source.autoscaler -}}
{{- $rules = append $rules (dict "apiGroups" (list "autoscaling") "resources" (list "horizontalpodautoscalers") "resourceNames" (list .) "verbs" (list "get")) -}}
{{- end -}}
{{- with $source.disruption_budget -}}
{{- $rules = append $rules (dict "apiGroups" (list "policy") "resources" (list "poddisruptionbudgets") "resourceNames" (list .) "verbs" (list "get")) -}}
{{- end -}}
{{- else if eq $source.connector "argo-rollouts" -}}
{{- $rules = append $rules (dict "apiGroups" (list "argoproj.io") "resources" (list "rollouts") "resourceNames" (list $scope.name) "verbs" (list "get")) -}}
{{- $rules = append $rules (dict "apiGroups" (list "argoproj.io") "resources" (list "analysisruns") "verbs" (list "list")) -}}
{{- $rules = append $rules $pods -}}
{{- else if eq $source.connector "flagger" -}}
{{- /* Its settings do not say what the Canary is about: a Deployment of its name, unless the values do. */ -}}
{{- $target := index ((index . 1).flaggerTargets | default dict) $scope.name | default (dict "kind" "Deployment" "name" $scope.name) -}}
{{- $rules = append $rules (dict "apiGroups" (list "flagger.app") "resources" (list "canaries") "resourceNames" (list $scope.name) "verbs" (list "get")) -}}
{{- if ne $target.kind "Service" -}}
{{- $rules = append $rules (dict "apiGroups" (list "apps") "resources" (list (printf "%ss" (lower $target.kind))) "resourceNames" (list $target.name (printf "%s-primary" $target.name)) "verbs" (list "get")) -}}
{{- $rules = append $rules $pods -}}
{{- end -}}
{{- else if eq $source.connector "flux" -}}
{{- $groups := dict "Kustomization" "kustomize" "HelmRelease" "helm" -}}
{{- $group := printf "%s.toolkit.fluxcd.io" (index $groups $scope.kind | default "source") -}}
{{- $plural := ternary "helmrepositories" (ternary "gitrepositories" (ternary "ocirepositories" (printf "%ss" (lower $scope.kind)) (eq $scope.kind "OCIRepository")) (eq $scope.kind "GitRepository")) (eq $scope.kind "HelmRepository") -}}
{{- $rules = append $rules (dict "apiGroups" (list $group) "resources" (list $plural) "resourceNames" (list $scope.name) "verbs" (list "get")) -}}
{{- else if eq $source.connector "argo-cd" -}}
{{- $rules = append $rules (dict "apiGroups" (list "argoproj.io") "resources" (list "applications") "resourceNames" (list $scope.application) "verbs" (list "get")) -}}
{{- end -}}
{{- toYaml (dict "rules" $rules) -}}
{{- end -}}
