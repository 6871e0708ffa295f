#!/usr/bin/env bash
# Run one command of the Makefile first and alone on a fresh clone, as an ordinary user:
# tools/from_nothing.sh TARGET PYTHON
# An ordinary user has no access to files of root, and here not even a home. What is downloaded is shared.
set -euo pipefail
target=$1 python=$2
case $target in
  unit) options=('OPTIONS=-k redaction') ;;
  molecule) options=('SCENARIOS=--scenario-name requirements_missing') ;;
  bench) options=('BENCH=--rounds 1 --latencies 0 --devices 5 --only devices') ;;
  *) options=() ;;
esac
place=$(mktemp -d "${TMPDIR:-/tmp}/from-nothing-$target.XXXXXX")
logs=$PWD/.cache/logs/from-nothing-$target
trap 'rm -rf "$logs"; cp -r "$place/clone/.cache/logs" "$logs" 2> /dev/null || true; rm -rf "$place"' EXIT
downloads=$XDG_CACHE_HOME/uv
git -c safe.directory='*' clone -q "$PWD" "$place/clone"
user=() path=$PATH
if [ "$(id -u)" = 0 ]; then
  nobody=$(id -u nobody)
  user=(setpriv "--reuid=$nobody" "--regid=$(id -g nobody)" --clear-groups)
  path=/usr/local/bin:/usr/bin:/bin
  if ! "${user[@]}" env "$python" -c '' 2> /dev/null; then # it is in root's home
    version='import sys; print(sys.version_info[:2])'
    if [ "$("$python" -c "$version")" != "$("${user[@]}" env PATH="$path" python3 -c "$version")" ]; then
      echo "nobody cannot run $python, and their python3 is another version"
      exit 1
    fi
    python=python3
  fi
  kept=${TMPDIR:-/tmp}/from-nothing-downloads # make clean removes it
  if [ ! -d "$kept" ] && [ -d "$downloads" ]; then
    cp -r "$downloads" "$place/downloads"
    mv -nT "$place/downloads" "$kept" # unless another one was faster
  fi
  downloads=$kept
  mkdir -p "$downloads"
  chown -R nobody "$place/clone" "$downloads"
  chmod 755 "$place"
fi
code=0
said=$("${user[@]}" env -u MAKEFLAGS -u MAKELEVEL -u BESIDE_OTHERS -u GIVEN -u LIVE \
  PATH="$path" HOME=/nonexistent UV_CACHE_DIR="$downloads" \
  make -C "$place/clone" "$target" "PYTHON=$python" "${options[@]}" 2>&1) || code=$?
echo "$said"
if [ "$target" = live ]; then # nobody says that a real tenant may be asked
  [ "$code" != 0 ] && grep -q 'LIVE=1' <<< "$said"
  exit
fi
if [ "$code" != 0 ]; then
  cat "$place"/clone/.cache/logs/*.log | tail -n 100
  echo "The logs of the clone are kept in $logs."
fi
exit "$code"
