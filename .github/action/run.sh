#!/usr/bin/env bash
# Runs bucketsync, keeps its summary, and writes the text of the comment.
set -euo pipefail

output() { echo "$1=$2" >>"$GITHUB_OUTPUT"; }

here=$(dirname "$0")
words=(--json)
while IFS= read -r word; do
  if [ -n "$word" ]; then words+=("$word"); fi
done <<<"$ARGUMENTS"
if [ -n "$REPORT_LOCATION" ]; then words+=(--report-location "$REPORT_LOCATION"); fi

case "$COMMAND" in
  plan | check | run) words=("$COMMAND" "$SOURCE" "$DESTINATION" "${words[@]}") ;;
  apply)
    if [ -z "$PLAN" ]; then PLAN=$("$here/find-plan.sh"); fi
    words=(apply "$PLAN" "${words[@]}")
    ;;
  *)
    echo "::error::Expected command to be plan, check, run or apply, got $COMMAND"
    exit 2
    ;;
esac

summary="$RUNNER_TEMP/bucketsync-summary.json"
comment="$RUNNER_TEMP/bucketsync-comment.md"
exit_code=0
bucketsync "${words[@]}" >"$summary" || exit_code=$?
node "$here/describe.mjs" "$COMMAND" "$summary" "$comment"
cat "$comment" >>"$GITHUB_STEP_SUMMARY"
output summary "$summary"
output comment "$comment"
exit "$exit_code"
