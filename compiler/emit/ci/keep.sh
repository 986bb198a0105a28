cat "$RUNNER_TEMP/plan.md" >>"$GITHUB_STEP_SUMMARY"
mark="end-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
{
  printf 'plan<<%s\n' "$mark"
  cat "$RUNNER_TEMP/plan.md"
  printf '\n%s\n' "$mark"
} >>"$GITHUB_OUTPUT"
