printf '%s\n\n%s\n' "$MARK" "$PLAN" >"$RUNNER_TEMP/comment.md"
comments="repos/$REPOSITORY/issues/$NUMBER/comments"
known=$(gh api --paginate "$comments" --jq '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith(env.MARK))) | .id')
known=${known%%$'\n'*}
if [ -n "$known" ]; then
  gh api --method PATCH "repos/$REPOSITORY/issues/comments/$known" --field body=@"$RUNNER_TEMP/comment.md" --silent
else
  gh api --method POST "$comments" --field body=@"$RUNNER_TEMP/comment.md" --silent
fi
