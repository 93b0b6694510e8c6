#!/usr/bin/env bash
# FILE THREADS MEMORY SCRATCH: lines by the column _data_shuffle as a number with GNU sort, equal ones as they came.
# It takes every comma for the end of a field and every line end for that of a row: quotes are not honoured, and the rows
# that have any end up elsewhere.
set -euo pipefail
sort --version 2>/dev/null | sed -n '1s/.*(\(.*\)) /\1 /p' | grep 'GNU coreutils' >&2 || exit 77
exec <"$1"
IFS= read -r header
column=$(tr ',' '\n' <<<"$header" | grep -n -x _data_shuffle | cut -d : -f 1)
{
  printf '%s\n' "$header"
  LC_ALL=C sort --stable --field-separator=, --key="$column,${column}n" --buffer-size="$3b" --parallel="$2" \
    --temporary-directory="$4"
} >sorted.csv
