{{- define "liveness.pod" -}}
serviceAccountName: {{ include "liveness.serviceAccountName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ include "liveness.gracePeriod" . }}
securityContext:
  {{- include "liveness.podSecurity" . | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
containers:
  - name: service
    {{- include "liveness.container" . | nindent 4 }}
volumes:
  - name: tmp
    emptyDir: {medium: Memory, sizeLimit: 64Mi}
  - name: shared-memory
    emptyDir: {medium: Memory, sizeLimit: {{ .Values.sharedMemory }}}
  {{- if or .Values.auth.existingSecret (eq .Values.store.kind "redis") }}
  - name: secrets
    projected:
      defaultMode: 0440
      sources:
        {{- include "liveness.secretSources" . | trim | nindent 8 }}
  {{- end }}
{{- include "liveness.placement" . }}
{{- end }}

{{- define "liveness.container" -}}
image: {{ include "liveness.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: [serve, --host, 0.0.0.0, --port, "8000"]
ports:
  - {name: http, containerPort: 8000}
  - {name: metrics, containerPort: {{ .Values.monitoring.port }}}
env:
  {{- include "liveness.environment" . | nindent 2 }}
# Models load and run once before the pod is started; a GPU's first passes take longest.
startupProbe:
  httpGet: {path: /startupz, port: http}
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 90
readinessProbe:
  httpGet: {path: /readyz, port: http}
  periodSeconds: 5
  timeoutSeconds: 2
  failureThreshold: 2
livenessProbe:
  httpGet: {path: /livez, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
lifecycle:
  preStop:
    sleep: {seconds: {{ .Values.drain.preStopSeconds }}}
securityContext:
  {{- include "liveness.containerSecurity" . | nindent 2 }}
resources:
  {{- include "liveness.resources" (dict "resources" .Values.resources "gpu" .Values.gpu "wanted" .Values.gpu.enabled) | nindent 2 }}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  - {name: shared-memory, mountPath: /dev/shm}
  {{- if or .Values.auth.existingSecret (eq .Values.store.kind "redis") }}
  - {name: secrets, mountPath: /run/secrets/liveness, readOnly: true}
  {{- end }}
{{- end }}

{{- /* A file's name is the setting's, as pydantic-settings reads a folder of secrets. */ -}}
{{- define "liveness.secretSources" -}}
{{- with .Values.auth }}
{{- if .existingSecret }}
- secret:
    name: {{ .existingSecret }}
    items:
      - {key: {{ .apiKeysKey }}, path: liveness_api_keys}
      - {key: {{ .tokenKeysKey }}, path: liveness_token_keys}
{{- end }}
{{- end }}
{{- with .Values.store }}
{{- if eq .kind "redis" }}
- secret:
    name: {{ .existingSecret }}
    items:
      - {key: {{ .urlKey }}, path: liveness_redis_url}
{{- end }}
{{- end }}
{{- end }}

{{- define "liveness.resources" -}}
{{- $resources := deepCopy .resources -}}
{{- if .wanted -}}
{{- $gpus := dict .gpu.resource .gpu.count -}}
{{- $_ := set $resources "limits" (merge (default dict $resources.limits) $gpus) -}}
{{- $_ := set $resources "requests" (merge (default dict $resources.requests) $gpus) -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end }}
