#!/usr/bin/env bash
# FILE THREADS MEMORY SCRATCH: mawk splits, then GNU sort orders each part by _data_shuffle. Quotes are not
# honoured.
set -euo pipefail
command -v mawk >/dev/null || exit 77
sort --version 2>/dev/null | sed -n '1s/.*(\(.*\)) /\1 /p' | grep 'GNU coreutils' >&2 || exit 77
mkdir out
column=$(head -n 1 "$1" | tr ',' '\n' | grep -n -x _data_shuffle | cut -d : -f 1)
mawk -F , -v scratch="$4" '
  function file_of(name) {
    name = tolower(name)
    return scratch "/" (name == "validation" ? "eval" : name)
  }
  NR > 1 {
    name = $(NF - 1)
    if (!(name in files)) files[name] = file_of(name)
    print >files[name]
  }' "$1"
for part in train eval test; do
  {
    head -n 1 "$1"
    LC_ALL=C sort --stable --field-separator=, --key="$column,${column}n" --buffer-size="$3b" --parallel="$2" \
      --temporary-directory="$4" "$4/$part"
  } >"out/$part.csv"
  rm "$4/$part"
done
