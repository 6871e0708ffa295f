#!/usr/bin/env bash
# How many processes can run at once: of the cores, those that a container may use.
# tools/cores.sh [FILE]    FILE: its limit, as the kernel says it
cores=$(nproc 2> /dev/null || getconf _NPROCESSORS_ONLN)
file=${1:-/sys/fs/cgroup/cpu.max}
if [ -r "$file" ] && read -r quota period < "$file" && [ "$quota" != max ]; then
  allowed=$(((quota + period - 1) / period))
  if [ "$allowed" -lt "$cores" ]; then cores=$allowed; fi
fi
echo "$cores"
