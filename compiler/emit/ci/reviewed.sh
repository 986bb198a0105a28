changed=$(git status --short --untracked-files=all --ignored -- "$TREES")
if [ -n "$changed" ]; then
  git --no-pager diff -- "$TREES"
  printf '%s\n' "$changed"
  echo "::error::apply changed $TREES: run 'ondol apply' in the repository, and have what it writes reviewed"
  exit 1
fi
