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
user=() path=$PATH downloads=$XDG_CACHE_HOME/uv
export TMPDIR=${TMPDIR:-/tmp}
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
  if ! "${user[@]}" test -w "$TMPDIR"; then export TMPDIR=/tmp; fi # it is root's alone
  # Of this checkout, in a folder that nobody else could have made; make clean removes it.
  if ! mkdir -m 711 "$DOWNLOADS_OF_NOBODY" 2> /dev/null && [ ! -O "$DOWNLOADS_OF_NOBODY" ]; then
    echo "$DOWNLOADS_OF_NOBODY belongs to somebody else: remove it"
    exit 1
  fi
  downloads=$DOWNLOADS_OF_NOBODY/uv
  mkdir -p "$downloads"
  chown nobody "$downloads"
fi
place=$(mktemp -d "$TMPDIR/from-nothing-$target.XXXXXX")
logs=$PWD/.cache/logs/from-nothing-$target
running=
# shellcheck disable=SC2329 # the trap calls it
ended() {
  if [ -n "$running" ]; then # with everything that it started
    kill -- "-$running" 2> /dev/null || true
    wait "$running" || true
  fi
  rm -rf "$logs"
  mkdir -p "${logs%/*}"
  cp -r "$place/clone/.cache/logs" "$logs" 2> /dev/null || true
  rm -rf "$place"
}
trap ended EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
# Without links, through which the objects of this repository would change their owner as well.
git -c safe.directory='*' clone -q --no-hardlinks "$PWD" "$place/clone"
if [ "${#user[@]}" != 0 ]; then
  chown -R nobody "$place/clone"
  chmod 755 "$place"
fi
code=0
setsid "${user[@]}" env -u MAKEFLAGS -u MAKELEVEL -u BESIDE_OTHERS -u GIVEN -u LIVE \
  PATH="$path" HOME=/nonexistent UV_CACHE_DIR="$downloads" \
  make -C "$place/clone" "$target" "PYTHON=$python" "${options[@]}" > "$place/said" 2>&1 &
running=$!
wait "$running" || code=$?
running=
cat "$place/said"
if [ "$target" = live ]; then # nobody says that a real tenant may be asked
  [ "$code" != 0 ] && grep -q 'LIVE=1' "$place/said"
  exit
fi
if [ "$code" != 0 ]; then
  cat "$place"/clone/.cache/logs/*.log | tail -n 100
  echo "The logs of the clone are kept in $logs."
fi
exit "$code"
