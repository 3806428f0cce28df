{{- /* Everything that the service is told. Secrets are files: an environment is inherited, and shown by tools. */ -}}
{{- define "liveness.environment" -}}
- {name: LIVENESS_METRICS_PORT, value: {{ .Values.monitoring.port | quote }}}
- {name: LIVENESS_ALLOW_OPEN, value: {{ .Values.auth.allowOpen | quote }}}
- {name: LIVENESS_STORE, value: {{ .Values.store.kind | quote }}}
{{- if or .Values.auth.existingSecret (eq .Values.store.kind "redis") }}
- {name: LIVENESS_SECRETS_DIR, value: /run/secrets/liveness}
{{- end }}
- {name: LIVENESS_SESSION_START_SECONDS, value: {{ .Values.sessions.startSeconds | quote }}}
- {name: LIVENESS_SESSION_STREAM_SECONDS, value: {{ .Values.sessions.streamSeconds | quote }}}
- {name: LIVENESS_SESSION_RESULT_SECONDS, value: {{ .Values.sessions.resultSeconds | quote }}}
- {name: LIVENESS_DRAIN_SECONDS, value: {{ .Values.sessions.streamSeconds | quote }}}
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
{{- range $name, $value := .Values.settings }}
- {name: LIVENESS_{{ upper $name }}, value: {{ (kindIs "string" $value | ternary $value (toJson $value)) | quote }}}
{{- end }}
{{- end }}
