#!/bin/sh
# What the action does: POSIX sh with curl; only `plan` needs the command line of Sluice. Inputs are in INPUT_*, which action.yml sets; exit codes are those of docs/cli.md.
set -eu
umask 077

say() { printf 'sluice: %s\n' "$(printf '%s' "$1" | tr -d '\000-\037\177')"; }
# never at the beginning of a line: a runner reads commands there
fail() { say "$2" >&2; exit "$1"; }
input() { eval "printf '%s' \"\${INPUT_$1-}\""; }

json() { printf '"%s"' "$(printf '%s' "$1" | tr '\n\t' '  ' | tr -d '\000-\037\177' | sed 's/\\/\\\\/g; s/"/\\"/g')"; }

# The first value of a field of a JSON text that the server has written: a quote within a string has a backslash before it, so that no text can pass for a field.
field() { tr -d '\n' | sed -n "s/[,{]\"$1\":\"/\\
/; s/^[^\\n]*\\n//p" | sed 's/\([^\\]\(\\\\\)*\)".*/\1/; s/^".*//; s/\\"/"/g; s/\\\\/\\/g'; }

need() {
  case $2 in
    '') fail 2 "the input $1 is missing" ;;
    -* | *[!a-z0-9-]*) fail 2 "the input $1 is no name: lower-case letters, digits and dashes" ;;
  esac
}

connect() {
  url=$(input URL)
  token=$(input TOKEN)
  case $url in
    *[[:space:]\"\\]*) fail 2 'the input url is no address such as https://sluice.example.org' ;;
    http://?* | https://?*) url=${url%/} ;;
    *) fail 2 'the input url is no address such as https://sluice.example.org' ;;
  esac
  case $token in
    '') fail 3 'the input token is missing: it is an API token of Sluice, in a secret of the repository or organisation' ;;
    *[!A-Za-z0-9_.~+/=-]*) fail 2 'the input token has characters that no token has' ;;
  esac
  repository=$(input REPOSITORY)
  need repository "$repository"
  folder=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/sluice.XXXXXX")
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# call METHOD PATH [BODY]: the answer is in $folder/answer. The token goes in by standard input: other users of the machine see arguments.
call() {
  if [ "$#" -gt 2 ]; then set -- "$1" "$2" --header 'content-type: application/json' --data-binary "$3"; else set -- "$1" "$2"; fi
  method=$1 path=$2
  shift 2
  : > "$folder/answer"
  status=$(printf 'header = "authorization: Bearer %s"\n' "$token" |
    curl --config - --silent --show-error --globoff --proto '=http,https' --max-time 60 --retry 3 --request "$method" --header 'accept: application/json' \
      --output "$folder/answer" --write-out '%{http_code}' "$@" "$url/api/v1$path" 2> "$folder/said") || {
    problem="$url cannot be reached: $(cat "$folder/said")" status=000
  }
  case $status in
    2??) return 0 ;;
    000) code=6 ;;
    400 | 413 | 422) code=2 ;;
    401 | 403) code=3 ;;
    404) code=4 ;;
    409) code=5 ;;
    *) code=6 ;;
  esac
  if [ "$status" != 000 ]; then
    detail=$(field detail < "$folder/answer")
    problem="${detail:-the server answered $status}"
  fi
  return "$code"
}

output() { if [ -n "${GITHUB_OUTPUT-}" ]; then printf '%s=%s\n' "$1" "$2" >> "$GITHUB_OUTPUT"; fi; }

report() {
  context=$(input CONTEXT)
  commit=$(input COMMIT)
  link=$(input LINK)
  [ -n "$context" ] || fail 2 'the input context is missing: the name of the status, as the gate has it'
  case $(input STATE) in
    success | failure | error | pending) state=$(input STATE) ;;
    # of job.status
    cancelled) state=error ;;
    *) fail 2 'the input state is none: give success, failure, error, pending, or ${{ job.status }}' ;;
  esac
  commit=${commit:-${GITHUB_SHA-}}
  case $commit in *[!0-9a-f]*) commit= ;; esac
  case ${#commit} in
    40 | 64) ;;
    *) fail 2 'the input commit is not the full name of a commit' ;;
  esac
  if [ -z "$link" ] && [ -n "${GITHUB_RUN_ID-}" ]; then link="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"; fi
  body="{\"context\":$(json "$context"),\"state\":\"$state\",\"description\":$(json "$(input DESCRIPTION)")"
  if [ -n "$link" ]; then body="$body,\"url\":$(json "$link")"; fi
  call POST "/repositories/$repository/commits/$commit/statuses" "$body}" || fail "$?" "$problem"
  say "$context on $commit: $state"
}

seconds() {
  number=${1%?}
  case $number in '' | *[!0-9]* | ??????*) return 1 ;; esac
  case $1 in
    *s) echo "$number" ;;
    *m) echo $((number * 60)) ;;
    *h) echo $((number * 3600)) ;;
    *) return 1 ;;
  esac
}

# Sets $promotion and $promoted to what is newest in the lane.
newest() {
  call GET "/promotions?repository=$repository&application=$application&environment=$environment&limit=1" || return "$?"
  promotion=$(field id < "$folder/answer")
  promoted=$(field state < "$folder/answer")
}

# One look; 0: live or nothing to do, 1: not yet, others: exit codes.
look() {
  if [ -n "$promotion" ]; then
    call GET "/repositories/$repository/promotions/$promotion" || return "$?"
    promoted=$(field state < "$folder/answer")
    waits=$(field waitsFor < "$folder/answer")
  else
    newest || return "$?"
    case $promoted in open | ready | merging | rolling-out) waits= ;; *) promotion= promoted= ;; esac
  fi
  case $promoted in
    live) return 0 ;;
    rejected | tampered | degraded | rolled-back) problem="$promotion: $promoted"; return 8 ;;
    superseded) progress="$promotion was superseded: looking at what took its place" promotion= ; return 1 ;;
    ?*) progress="$promoted${waits:+, waits for $waits}"; return 1 ;;
  esac
  call GET "/why?repository=$repository&application=$application&environment=$environment" || return "$?"
  condition=$(field condition < "$folder/answer")
  case $condition in
    '' | in-sync) return 0 ;;
    waiting | promoting) progress="$condition: $(field message < "$folder/answer")"; return 1 ;;
    *) problem="$application does not go on into $environment by itself ($condition): $(field message < "$folder/answer")"; return 5 ;;
  esac
}

promote() {
  application=$(input APPLICATION)
  environment=$(input ENVIRONMENT)
  need application "$application"
  need environment "$environment"
  case $(input WAIT) in true | false | '') ;; *) fail 2 'the input wait is true or false' ;; esac
  limit=$(seconds "$(input TIMEOUT)") || fail 2 'the input timeout is no duration such as 90s, 10m or 2h'
  call POST /promote "{\"repository\":\"$repository\",\"application\":\"$application\",\"environment\":\"$environment\",\"reason\":$(json "$(input REASON)")}" || fail "$?" "$problem"
  promotion=$(field id < "$folder/answer")
  promoted=$(field state < "$folder/answer")
  said=$(field message < "$folder/answer")
  if [ "$(input WAIT)" = true ]; then wait_until_live; else say "${promotion:+$promotion $promoted, }$said"; fi
  output promotion "$promotion"
  output state "$promoted"
}

wait_until_live() {
  begun=$(date +%s) last= told=0 progress=
  while :; do
    look && code=0 || code=$?
    now=$(($(date +%s) - begun))
    case $code in
      0)
        if [ -n "$promotion" ]; then say "${now}s $promotion is live"; else say "${now}s nothing to promote: $said"; fi
        return
        ;;
      1) ;;
      6) progress=$problem ;;
      *) output promotion "$promotion"; output state "$promoted"; fail "$code" "$problem" ;;
    esac
    # a sign of life each minute, too
    if [ "$progress" != "$last" ] || [ $((now - told)) -ge 60 ]; then say "${now}s $progress"; last=$progress told=$now; fi
    if [ "$now" -ge "$limit" ]; then
      output promotion "$promotion"
      output state "$promoted"
      fail 7 "$application is not live in $environment in time: $progress. It goes on by itself"
    fi
    sleep 2
  done
}

command_line() {
  named=$(input SLUICE)
  if command -v "${named:-sluice}" > /dev/null 2>&1; then
    cli=$(command -v "${named:-sluice}")
    return
  fi
  root=$(cd "${GITHUB_ACTION_PATH:-.}/../../.." && pwd)
  [ -f "$root/apps/cli/tsconfig.build.json" ] || fail 2 "there is no command ${named:-sluice}: install the command line of Sluice, or run the job in its image"
  cli=$root/apps/cli/bin/sluice.mjs
  if [ ! -f "$root/apps/cli/dist/main.js" ]; then
    say 'building the command line'
    (cd "$root" && npm ci --ignore-scripts --no-audit --no-fund && node node_modules/typescript/bin/tsc -b apps/cli/tsconfig.build.json) > "$folder/build" 2>&1 || {
      tail -n 20 "$folder/build" | sed 's/^/| /' >&2
      fail 1 'the command line could not be built'
    }
  fi
}

run_cli() { SLUICE_URL=$url SLUICE_TOKEN=$token "$cli" "$@"; }

plan() {
  command_line
  worst=0
  file=$(input PIPELINE_FILE)
  set --
  if [ -n "$file" ] && [ -f "$file" ]; then
    run_cli --output markdown validate -- "$file" > "$folder/pipeline.md" || worst=$?
    set -- "$folder/pipeline.md"
  fi
  onto=$(input ONTO)
  revision=$(input REVISION)
  run_cli --output markdown plan --repository="$repository" ${onto:+"--onto=$onto"} -- "${revision:-HEAD}" > "$folder/plan.md" || { code=$?; [ "$worst" -ne 0 ] || worst=$code; }
  set -- "$@" "$folder/plan.md"
  if [ -n "${GITHUB_STEP_SUMMARY-}" ]; then for part in "$@"; do cat "$part" >> "$GITHUB_STEP_SUMMARY"; printf '\n\n' >> "$GITHUB_STEP_SUMMARY"; done; fi
  SLUICE_COMMENT_TOKEN=$(input GITHUB_TOKEN)
  export SLUICE_COMMENT_TOKEN
  author=$(input AUTHOR)
  run_cli comment --forge=github --key="$(input KEY)" ${author:+"--author=$author"} -- "$@" || { code=$?; [ "$worst" -ne 0 ] || worst=$code; }
  exit "$worst"
}

if [ "$(input COMMAND)" = plan ] && [ -z "$(input TOKEN)" ] && [ "$(input FORK)" = true ]; then
  say 'no plan: secrets are not given to pull requests of forks'
  exit 0
fi
case $(input COMMAND) in
  report | promote | plan) connect; "$(input COMMAND)" ;;
  *) fail 2 'the input command is none: give report, promote or plan' ;;
esac
