#!/usr/bin/env bash
# Prints the id of the plan on the pull request that this commit was merged from. Only what this action's own account wrote counts.
set -euo pipefail

number=$(gh api "repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA/pulls" --jq '.[0].number // empty')
if [ -z "$number" ]; then
  echo "::error::Expected a pull request of the commit $GITHUB_SHA, found none: name the plan in the input \`plan\`" >&2
  exit 2
fi
plan=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments" \
  --jq '.[] | select(.user.login == "github-actions[bot]") | .body | capture("<!-- bucketsync plan (?<id>[A-Za-z0-9-]+) -->").id' | tail -n 1)
if [ -z "$plan" ]; then
  echo "::error::Expected a plan on the pull request #$number, found none: run the action with \`command: plan\` there first" >&2
  exit 2
fi
echo "$plan"
