{{- define "liveness.triton.container" -}}
image: {{ include "liveness.reference" (dict "image" .Values.triton.image "tag" .Values.triton.image.tag) | quote }}
imagePullPolicy: {{ .Values.triton.image.pullPolicy }}
command: [tritonserver]
args: [--model-repository=/models, --disable-auto-complete-config, --exit-timeout-secs=30]
terminationMessagePolicy: FallbackToLogsOnError
ports:
  - {name: http, containerPort: 8000}
  - {name: grpc, containerPort: 8001}
  - {name: metrics, containerPort: 8002}
startupProbe:
  httpGet: {path: /v2/health/ready, port: http}
  periodSeconds: 5
  failureThreshold: 60
readinessProbe:
  httpGet: {path: /v2/health/ready, port: http}
  periodSeconds: 5
livenessProbe:
  httpGet: {path: /v2/health/live, port: http}
  periodSeconds: 10
lifecycle:
  preStop:
    sleep: {seconds: 5}
securityContext:
  {{- include "liveness.containerSecurity" . | nindent 2 }}
resources:
  {{- include "liveness.resources" (dict "resources" .Values.triton.resources "gpu" .Values.gpu "wanted" .Values.triton.gpu) | nindent 2 }}
volumeMounts:
  - {name: models, mountPath: /models, readOnly: true}
  - {name: tmp, mountPath: /tmp}
  - {name: shared-memory, mountPath: /dev/shm}
{{- end }}
