# shellcheck shell=bash
# Begins a step of the Makefile: . tools/step.sh NAME
# From here on everything that the step says is in .cache/logs/NAME.log; one line says how it ended, and when it failed
# what of the log matters, and the command that repeats it.
step=$1
log=.cache/logs/$step.log
mkdir -p .cache/logs "$HOME" "$XDG_CACHE_HOME"
exec 3>&1 > "$log" 2>&1
folder=$PWD # a step may go elsewhere

ended() {
  local code=$1 running
  running=$(jobs -p) # something still runs only where a signal ended the step
  cd "$folder" || return
  if [ -n "$running" ]; then
    # shellcheck disable=SC2086 # several process ids
    kill $running || true
    echo "$step … interrupted after $SECONDS s" >&3
    return
  fi
  if [ "$code" = 0 ]; then
    echo "$step … ok $SECONDS s" >&3
    if [ -z "${BESIDE_OTHERS:-}" ]; then tools/slowest.sh "$log" >&3; fi # else they are told together
    return
  fi
  # At once, since other steps write too, and without an error of its own, which would end it.
  said=$(
    set +e
    echo "$step … failed after $SECONDS s"
    if grep -aqE '^=+ (FAILURES|ERRORS) =+$' "$log"; then # of pytest, which says other things after them
      sed -nE '/^=+ (FAILURES|ERRORS) =+$/,/^=+ (warnings summary|slowest|short test summary)/p' "$log" | sed '/^To repeat/,$d' | sed -n 1,120p
      grep -aE '^(FAILED|ERROR) ' "$log" || true
      sed -n '/^To repeat/,/^$/p' "$log"
    else
      # ansible-test says what is wrong long before its end.
      head -n -40 "$log" | grep -aE '^(ERROR|FATAL): ' | head -n 40 || true
      tail -n 40 "$log"
    fi
    echo "::: $step failed. All that it said: $log. To repeat it: make $step${GIVEN:+ $GIVEN}"
  )
  echo "$said" >&3
  # For the end of all steps together, where the above is far up, or cut off by what shows the output.
  { grep -aE '^(FAILED|ERROR) ' "$log" | cut -c 1-300 | head -n 10 || true; tail -n 1 <<< "$said"; } >> .cache/logs/failed
}
trap 'ended $?' EXIT
trap 'exit 130' INT # of Ctrl-C, which its commands get as well
