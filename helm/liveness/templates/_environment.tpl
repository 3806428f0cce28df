{{- /* Everything that the service is told. Secrets are files: an environment is inherited, and shown by tools. */ -}}
{{- define "liveness.environment" -}}
- {name: LIVENESS_METRICS_PORT, value: {{ .Values.monitoring.port | quote }}}
- {name: LIVENESS_ALLOW_OPEN, value: {{ .Values.auth.allowOpen | quote }}}
- {name: LIVENESS_STORE, value: {{ .Values.store.kind | quote }}}
{{- if eq .Values.store.kind "redis" }}
- {name: LIVENESS_REDIS_URL_FILE, value: {{ include "liveness.keysFolder" . }}/redis-url}
- {name: LIVENESS_TOKEN_KEYS_FILE, value: {{ include "liveness.keysFolder" . }}/token-keys.json}
{{- end }}
{{- if .Values.auth.existingSecret }}
- {name: LIVENESS_KEYS_FILE, value: {{ include "liveness.keysFolder" . }}/api-keys.json}
{{- end }}
{{- if .Values.calibration.existingConfigMap }}
- {name: LIVENESS_CALIBRATION, value: {{ include "liveness.calibrationFolder" . }}/calibration.json}
{{- end }}
{{- if .Values.audit.existingClaim }}
- name: POD_NAME
  valueFrom:
    fieldRef: {fieldPath: metadata.name}
- {name: LIVENESS_AUDIT_FILE, value: {{ include "liveness.auditFolder" . }}/$(POD_NAME).jsonl}
{{- end }}
- {name: LIVENESS_SESSIONS__START_SECONDS, value: {{ .Values.sessions.startSeconds | quote }}}
- {name: LIVENESS_SESSIONS__RESULT_SECONDS, value: {{ .Values.sessions.resultSeconds | quote }}}
- {name: LIVENESS_STREAMS__MAX_SECONDS, value: {{ .Values.sessions.streamSeconds | quote }}}
- {name: LIVENESS_STREAMS__RESUME_SECONDS, value: {{ .Values.sessions.resumeSeconds | quote }}}
- {name: LIVENESS_STREAMS__DRAIN_SECONDS, value: {{ .Values.sessions.streamSeconds | quote }}}
{{- if .Values.gpu.enabled }}
- {name: LIVENESS_PROVIDERS, value: {{ list .Values.gpu.provider | toJson | quote }}}
- {name: LIVENESS_REQUIRE_GPU, value: "true"}
{{- else }}
- {name: LIVENESS_PROVIDERS, value: '["cpu"]'}
{{- end }}
{{- if ne .Values.triton.mode "none" }}
- {name: LIVENESS_ENGINE, value: triton}
- {name: LIVENESS_TRITON_URL, value: {{ include "liveness.tritonUrl" . | quote }}}
{{- end }}
{{- with .Values.tracing.otlpEndpoint }}
- {name: LIVENESS_OTLP_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- if and .Values.ingress.enabled .Values.ingress.tls (not (hasKey .Values.settings "public_url")) }}
- {name: LIVENESS_PUBLIC_URL, value: {{ printf "https://%s" (first .Values.ingress.hosts) | quote }}}
{{- end }}
{{- include "liveness.settings" . }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "liveness.settings" -}}
{{- range $name, $value := .Values.settings }}
- {name: LIVENESS_{{ upper $name }}, value: {{ (kindIs "string" $value | ternary $value (toJson $value)) | quote }}}
{{- end }}
{{- end }}
