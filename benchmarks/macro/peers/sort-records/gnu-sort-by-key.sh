#!/usr/bin/env bash
# FILE THREADS MEMORY SCRATCH: lines by their first ten bytes with GNU sort, equal ones as they came.
set -euo pipefail
sort --version 2>/dev/null | sed -n '1s/.*(\(.*\)) /\1 /p' | grep 'GNU coreutils' >&2 || exit 77
LC_ALL=C exec sort --stable --key=1.1,1.10 --buffer-size="$3b" --parallel="$2" --temporary-directory="$4" --output=sorted "$1"
