#!/usr/bin/env bash
# Builds the example programs and runs each on data that it makes, showing every command and its result.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: examples/demo.sh [--small] [--keep DIR]

  --small     a hundredth of the data
  --keep DIR  work in DIR and leave the data and results there
TEXT
}

rows=10000000
folder=
while (($#)); do
  case $1 in
    --small) rows=100000 ;;
    --keep) folder=${2:?--keep needs a folder}; shift ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build/demo

title() { printf '\n\e[1m%s\e[0m\n' "$*"; }
show() {
  printf '$ %s\n' "$*"
  "$@"
}

title "Setting up and building"
"$root/cmake/setup.sh" --groups build,examples
mkdir -p "$root/build"
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  ${DEMO_FLAGS:+"-DCMAKE_CXX_FLAGS_RELEASE=$DEMO_FLAGS"} -DSPILLWAY_TESTS=OFF >"$root/build/demo.log" 2>&1 ||
  { cat "$root/build/demo.log"; exit 2; }
cmake --build "$build"
for program in make_data pipeline votes process_actions; do
  PATH=$build/examples/$program:$PATH
done

if [[ $folder ]]; then
  mkdir -p "$folder"
else
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
cd "$folder"

title "make_data: votes as JSON lines, with repeated and unsorted ones, and events as CSV"
show make_data votes --rows "$rows" --duplicates 0.01 --unsorted --output votes.jsonl
show make_data events --rows "$rows" --unsorted --output events.csv
ls -lh

if [[ -x $build/examples/pipeline/pipeline ]]; then
  title "pipeline: a table split into train, eval and test, each shuffled, from Parquet and from CSV"
  show make_data transactions --rows "$((rows / 2))" --output transactions.parquet
  show make_data transactions --rows "$((rows / 2))" --output transactions.csv
  show pipeline get-data --source transactions.parquet --out data
  show pipeline get-data --source transactions.csv --out data --format csv
  show ls -lh data
  show head -n 3 data/eval.csv
  title "pipeline: are train and eval alike? Then a table whose eval part drifted, its page beside it"
  show pipeline check-data --out data
  show make_data transactions --rows "$((rows / 2))" --drift 0.2 --output drifted.parquet
  show pipeline get-data check-data --source drifted.parquet --out drifted --warn-only
  echo "see $PWD/drifted/report.html (with --keep)"
  title "pipeline: tomorrow's rows against what was kept of today's"
  show pipeline check-data --out data --save-reference train.reference >/dev/null
  show pipeline check-data --against-reference train.reference --eval drifted/eval.parquet --warn-only
  title "pipeline: the same bytes from a pipe and with an eighth of the memory"
  zstd -q -c transactions.csv | pipeline get-data --source - --out again --format csv --memory 32MiB --quiet
  for part in train eval test; do show cmp "data/$part.csv" "again/$part.csv"; done && echo "the same"
else
  title "pipeline is not built: DuckDB could not be had"
fi

if [[ -x $build/examples/votes/votes ]]; then
  title "votes: into a DuckDB database without repetitions, then the weeks that stand out"
  show votes ingest votes.jsonl
  show votes ingest votes.jsonl
  show votes outliers | head -n 12
  title "votes: the same weeks from the file alone, without a database"
  votes outliers votes.jsonl --quiet | sort >from_file.txt
  votes outliers --quiet | sort >from_warehouse.txt
  show cmp from_file.txt from_warehouse.txt && echo "the same"
else
  title "votes is not built: DuckDB could not be had"
fi

title "process_actions: Open and Close per ten minutes, averages, the busiest windows"
show process_actions -events_path events.csv --out actions | head -n 8
show tail -n +1 actions/top.csv actions/summary.json
title "process_actions: two shards counted apart and merged give the same bytes"
awk -v last="$((rows / 2))" 'NR == 1 { print >"shard1.csv" } { print >(NR > 1 && NR <= last ? "shard1.csv" : "shard2.csv") }' events.csv
process_actions -events_path shard1.csv --partial --quiet >shard1.state
process_actions -events_path shard2.csv --partial --quiet >shard2.state
process_actions --merge shard1.state shard2.state --out merged --quiet >merged.txt
show diff -r actions merged && echo "the same"
