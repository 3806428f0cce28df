{{- define "liveness.placement" -}}
{{- $gpu := .Values.gpu.enabled -}}
{{- with .Values.gpu.runtimeClassName }}{{ if $gpu }}
runtimeClassName: {{ . }}
{{- end }}{{ end }}
{{- with $gpu | ternary (merge (deepCopy .Values.nodeSelector) .Values.gpu.nodeSelector) .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $gpu | ternary (concat .Values.tolerations .Values.gpu.tolerations) .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .Values.topologySpread.enabled }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "liveness.selector" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- end }}
