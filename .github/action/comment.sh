#!/usr/bin/env bash
# Writes the comment on the pull request, in the place of the one before.
set -euo pipefail

comments="repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments"
# the first line says which mirror it is, so that two of them have a comment each
mark=$(head -n 1 "$COMMENT")
before=$(gh api --paginate "$comments" --jq '.[] | select(.user.login == "github-actions[bot]") | "\(.id) \(.body | split("\n")[0] | rtrimstr("\r"))"' |
  while read -r id first; do if [ "$first" = "$mark" ]; then echo "$id"; fi; done | tail -n 1)
if [ -n "$before" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$before" --field "body=@$COMMENT" --silent
else
  gh api --method POST "$comments" --field "body=@$COMMENT" --silent
fi
