plan="$RUNNER_TEMP/plan.md"
cat "$plan" >>"$GITHUB_STEP_SUMMARY"
if [ "$(wc -m <"$plan")" -gt 60000 ]; then
  sed '/^<details>/,/^<\/details>/d' "$plan" | sed -n '1,250p' >"$plan.short"
  printf '\nThe differences of files are in the summary of the run: together they are too long for a comment.\n' >>"$plan.short"
  mv "$plan.short" "$plan"
fi
mark="end-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
{
  printf 'plan<<%s\n' "$mark"
  cat "$plan"
  printf '\n%s\n' "$mark"
} >>"$GITHUB_OUTPUT"
