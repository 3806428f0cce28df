{{- /* What one value alone cannot show. Types, choices and unknown names are refused by values.schema.json. */ -}}
{{- define "liveness.validate" -}}
{{- with .Values -}}
{{- if not (or .auth.existingSecret .auth.allowOpen) -}}
{{- fail "auth.existingSecret is empty: make a key (`python -m service keys new NAME --file keys.json`), put the file into a secret (`kubectl create secret generic liveness-keys --from-file=api-keys=keys.json`) and name that there; auth.allowOpen=true serves everyone without keys, for trials on a closed network" -}}
{{- end -}}
{{- if and .auth.existingSecret .auth.allowOpen -}}
{{- fail "auth.existingSecret and auth.allowOpen=true contradict each other: choose keys or an open service" -}}
{{- end -}}
{{- if and (eq .store.kind "redis") .auth.allowOpen -}}
{{- fail "store.kind=redis needs the token keys of auth.existingSecret (`python -m service keys signing --file tokens.json` makes them), and auth.allowOpen=true has no such secret: an open service is a trial in one pod, with store.kind=memory" -}}
{{- end -}}
{{- if and (eq .store.kind "redis") (not .store.existingSecret) -}}
{{- fail "store.existingSecret is empty: store.kind=redis needs a secret with the URL of your Redis under store.urlKey" -}}
{{- end -}}
{{- if and (eq .store.kind "memory") (or (gt (int .replicaCount) 1) (ne .autoscaling.kind "none")) -}}
{{- fail "store.kind=memory keeps sessions and used tokens inside one pod, so that each further pod would accept a token again: set store.kind=redis, or replicaCount=1 without autoscaling" -}}
{{- end -}}
{{- if and (ne .autoscaling.kind "none") (gt (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas)) -}}
{{- fail "autoscaling.minReplicas is larger than autoscaling.maxReplicas" -}}
{{- end -}}
{{- $maxStreams := int (dig "streams" "max_streams" 6 .settings) -}}
{{- if and (ne .autoscaling.kind "none") (ge (mul 11 (int .autoscaling.sessionsPerPod)) (mul 10 $maxStreams)) -}}
{{- fail (printf "autoscaling.sessionsPerPod has to be more than a tenth below %d, at which a pod turns streams away (settings.streams.max_streams): an autoscaler leaves a tenth alone, and no number of streams would ask for another pod" $maxStreams) -}}
{{- end -}}
{{- if and (eq .autoscaling.kind "keda") (not .autoscaling.keda.prometheusAddress) -}}
{{- fail "autoscaling.keda.prometheusAddress is empty: KEDA asks Prometheus how many pods are needed" -}}
{{- end -}}
{{- if and (eq .triton.mode "external") (not .triton.url) -}}
{{- fail "triton.url is empty: triton.mode=external needs the host:port of your server" -}}
{{- end -}}
{{- if and .gpu.enabled (ne .triton.mode "none") -}}
{{- fail "gpu.enabled=true and triton.mode are two places for the network: with Triton the service's own pods need no GPU (triton.gpu gives one to Triton)" -}}
{{- end -}}
{{- if and .ingress.enabled (not .ingress.hosts) -}}
{{- fail "ingress.hosts is empty: name the hosts that the ingress serves" -}}
{{- end -}}
{{- if and .httpRoute.enabled (not .httpRoute.parentRefs) -}}
{{- fail "httpRoute.parentRefs is empty: name the gateway that takes the route" -}}
{{- end -}}
{{- end -}}
{{- end }}
