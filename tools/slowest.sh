#!/usr/bin/env bash
# The slowest 20 tests of all logs that are given.
found=$(grep -ahE '^[0-9.]+s (call|setup|teardown) ' "$@" 2> /dev/null | sort -rn | head -n 20)
if [ -n "$found" ]; then
  echo "The slowest tests:"
  echo "$found"
fi
