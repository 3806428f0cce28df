{{- define "liveness.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 48 | trimSuffix "-" -}}
{{- end }}

{{- define "liveness.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 48 | trimSuffix "-" -}}
{{- else if contains (include "liveness.name" .) .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "liveness.name" .) | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "liveness.triton.fullname" -}}
{{ include "liveness.fullname" . }}-triton
{{- end }}

{{- define "liveness.selector" -}}
app.kubernetes.io/name: {{ include "liveness.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: service
{{- end }}

{{- define "liveness.triton.selector" -}}
app.kubernetes.io/name: {{ include "liveness.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: triton
{{- end }}

{{- define "liveness.test.selector" -}}
app.kubernetes.io/name: {{ include "liveness.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: test
{{- end }}

{{- define "liveness.commonLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: liveness
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "liveness.metadata" -}}
name: {{ include "liveness.fullname" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "liveness.selector" . | nindent 2 }}
  {{- include "liveness.commonLabels" . | nindent 2 }}
{{- end }}

{{- define "liveness.triton.metadata" -}}
name: {{ include "liveness.triton.fullname" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "liveness.triton.selector" . | nindent 2 }}
  {{- include "liveness.commonLabels" . | nindent 2 }}
{{- end }}

{{- define "liveness.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "liveness.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end }}

{{- define "liveness.image" -}}
{{- $suffix := ternary "-cuda" "" .Values.gpu.enabled -}}
{{- $tag := default (print .Chart.AppVersion $suffix) .Values.image.tag -}}
{{- include "liveness.reference" (dict "image" .Values.image "tag" $tag) -}}
{{- end }}

{{- define "liveness.reference" -}}
{{ .image.repository }}:{{ .tag }}{{ with .image.digest }}@{{ . }}{{ end }}
{{- end }}

{{- define "liveness.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "liveness.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "liveness.gracePeriod" -}}
{{ add .Values.drain.preStopSeconds .Values.sessions.streamSeconds 15 }}
{{- end }}

{{- define "liveness.tritonUrl" -}}
{{- if eq .Values.triton.mode "deploy" -}}
{{ include "liveness.triton.fullname" . }}:8001
{{- else -}}
{{ .Values.triton.url }}
{{- end -}}
{{- end }}
