{{- define "sluice-agent.labels" -}}
app.kubernetes.io/name: sluice-agent
app.kubernetes.io/instance: {{ .Values.cluster | quote }}
sluice.dev/agent: {{ .Values.cluster | quote }}
{{- end }}

{{- define "sluice-agent.appliers" -}}
{{- range $index, $applier := .Values.applyAs }}{{ if $index }},{{ end }}{{ $applier.namespace }}/{{ $applier.name }}{{ end }}
{{- if .Values.applyAsAgent }}{{ if .Values.applyAs }},{{ end }}{{ .Release.Namespace }}/sluice-applier-{{ .Values.cluster }}{{ end }}
{{- end }}
