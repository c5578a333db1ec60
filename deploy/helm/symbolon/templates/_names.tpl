{{- define "symbolon.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end -}}
{{- end }}

{{- define "symbolon.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "symbolon.labels" -}}
{{ include "symbolon.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- /* What the chart says itself stands over `config`. */ -}}
{{- define "symbolon.configuration" -}}
{{- $admin := dict "host" (ternary "0.0.0.0" "127.0.0.1" .Values.admin.enabled) "port" (int .Values.admin.port) }}
{{- $public := dict "host" "0.0.0.0" "port" 4444 }}
{{- $own := dict "urls" (dict "self" (dict "issuer" .Values.issuer)) "serve" (dict "public" $public "admin" $admin) }}
{{- if .Values.trustedProxies }}{{ $_ := set $own "symbolon" (dict "trusted_proxies" .Values.trustedProxies) }}{{ end }}
{{- toYaml (mergeOverwrite (deepCopy .Values.config) $own) }}
{{- end }}
