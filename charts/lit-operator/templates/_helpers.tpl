{{/* Name of all objects of this release. */}}
{{- define "lit-operator.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "lit-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "lit-operator.labels" -}}
{{ include "lit-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: operator
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "lit-operator.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "lit-operator.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{/* Secret with the serving certificate: the operator's own, or cert-manager's. */}}
{{- define "lit-operator.tlsSecret" -}}
{{- printf "%s-tls" (include "lit-operator.fullname" .) -}}
{{- end -}}

{{/* Secret with the key of the jobs' tokens. */}}
{{- define "lit-operator.keySecret" -}}
{{- printf "%s-key" (include "lit-operator.fullname" .) -}}
{{- end -}}

{{/* Reference of an image: by digest if there is one, else by tag. Call with (dict "image" … "context" $). */}}
{{- define "lit-operator.image" -}}
{{- $repository := .image.repository -}}
{{- with .context.Values.imageRegistry -}}
{{- $repository = printf "%s/%s" (trimSuffix "/" .) $repository -}}
{{- end -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $repository .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (.image.tag | default .context.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/*
Rights in every namespace whose jobs are reconciled; the same as Grants.IN_JOB_NAMESPACES of the
operator, which says what each is for. A test compares them.
*/}}
{{- define "lit-operator.jobRules" -}}
- apiGroups: [lit-operator.io]
  resources: [littrainingjobs]
  verbs: [get, list, watch, delete]
- apiGroups: [lit-operator.io]
  resources: [littrainingjobs/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [services, configmaps, serviceaccounts]
  verbs: [get, list, watch, create, patch]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [get, list, watch, create, patch]
# Never read, nor written over.
- apiGroups: [""]
  resources: [secrets]
  verbs: [create]
# Listed of a Pod whose container does not come: why.
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [list, create]
- apiGroups: [scheduling.volcano.sh, scheduling.x-k8s.io]
  resources: [podgroups]
  verbs: [get, create, patch]
# Owned by a job while its Pods change, and deleted when it leaves its queue.
- apiGroups: [kueue.x-k8s.io]
  resources: [workloads]
  verbs: [get, patch, delete]
{{- end -}}
