#!/usr/bin/env bash
# compare.sh OLD NEW [ROUNDS]: the benchmark programs of two builds (folders that hold benchmark_*), run in turn, and for
# each kernel the median CPU time of both (real time if the kernel asks for it) and their ratio. One round is enough to see twofold, five to see a tenth.
set -euo pipefail
old=${1:?folder of the old build}
new=${2:?folder of the new build}
rounds=${3:-3}

times=$(mktemp)
trap 'rm -f "$times"' EXIT
for program in "$new"/benchmark_*; do
  name=$(basename "$program")
  [[ -f $program && -x $program && -x $old/$name ]] || continue
  # The same bytes give the same times: nothing to learn.
  cmp -s "$program" "$old/$name" && { echo "$name is unchanged"; continue; }
  for ((round = 0; round < rounds; ++round)); do
    for build in old new; do
      "${!build}/$name" --benchmark_min_time=0.05 --benchmark_format=csv 2>/dev/null |
        awk -v build="$build" 'match($0, /^"[^"]*"/) {
          name = substr($0, 2, RLENGTH - 2)
          gsub(/ /, "", name)
          split(substr($0, RLENGTH + 2), field, ",")
          value = name ~ /real_time/ ? field[2] : field[3]
          if (value > 0) print name, build, value, field[4]
        }' >>"$times"
    done
  done
done

sort -k1,1 -k2,2 -k3,3g "$times" | awk '
  function close_group() { if (group != "") median[group] = values[int((n + 1) / 2)] }
  { if ($1 " " $2 != group) { close_group(); group = $1 " " $2; n = 0 } values[++n] = $3; unit[$1] = $4; names[$1] }
  END {
    close_group()
    printf "%-60s %14s %14s %8s\n", "kernel", "before", "now", "ratio"
    for (name in names)
      if ((name " old") in median && (name " new") in median)
        printf "%-60s %11.1f %s %11.1f %s %8.2f\n", name, median[name " old"], unit[name], median[name " new"], unit[name],
               median[name " new"] / median[name " old"] | "sort"
  }'
