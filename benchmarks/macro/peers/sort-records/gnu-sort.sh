#!/usr/bin/env bash
# FILE THREADS MEMORY SCRATCH: whole lines with GNU sort. That is the order of the keys, equal ones as they came, since
# the number of the record follows its key.
set -euo pipefail
sort --version 2>/dev/null | sed -n '1s/.*(\(.*\)) /\1 /p' | grep 'GNU coreutils' >&2 || exit 77
LC_ALL=C exec sort --buffer-size="$3b" --parallel="$2" --temporary-directory="$4" --output=sorted "$1"
