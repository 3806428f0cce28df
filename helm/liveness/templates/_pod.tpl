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
  {{- if .Values.auth.existingSecret }}
  - name: keys
    projected:
      defaultMode: 0440
      sources:
        - secret:
            name: {{ .Values.auth.existingSecret }}
            items:
              - {key: {{ .Values.auth.apiKeysKey }}, path: api-keys.json}
              {{- if eq .Values.store.kind "redis" }}
              - {key: {{ .Values.auth.tokenKeysKey }}, path: token-keys.json}
              {{- end }}
        {{- if eq .Values.store.kind "redis" }}
        - secret:
            name: {{ .Values.store.existingSecret }}
            items:
              - {key: {{ .Values.store.urlKey }}, path: redis-url}
        {{- end }}
  {{- end }}
  {{- with .Values.calibration.existingConfigMap }}
  - name: calibration
    projected:
      sources:
        - configMap: {name: {{ . }}, items: [{key: {{ $.Values.calibration.key }}, path: calibration.json}]}
  {{- end }}
  {{- with .Values.audit.existingClaim }}
  - name: audit
    persistentVolumeClaim: {claimName: {{ . }}}
  {{- end }}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- include "liveness.placement" . }}
{{- end }}

{{- define "liveness.container" -}}
image: {{ include "liveness.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: [serve, --host, 0.0.0.0, --port, "8000"]
# What keeps it from starting is the last line that it says: `kubectl describe pod` shows it then, too.
terminationMessagePolicy: FallbackToLogsOnError
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
  {{- if .Values.auth.existingSecret }}
  - {name: keys, mountPath: {{ include "liveness.keysFolder" . }}, readOnly: true}
  {{- end }}
  {{- if .Values.calibration.existingConfigMap }}
  - {name: calibration, mountPath: {{ include "liveness.calibrationFolder" . }}, readOnly: true}
  {{- end }}
  {{- if .Values.audit.existingClaim }}
  - {name: audit, mountPath: {{ include "liveness.auditFolder" . }}}
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- /* Mounted whole, not by subPath: a changed secret then reaches the file that the service watches. */ -}}
{{- define "liveness.keysFolder" -}}
/run/secrets/liveness
{{- end }}

{{- define "liveness.calibrationFolder" -}}
/etc/liveness/calibration
{{- end }}

{{- define "liveness.auditFolder" -}}
/var/lib/liveness/audit
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
