#!/usr/bin/env bash
# FILE THREADS MEMORY SCRATCH: two copies, from the cache to the cache. The least that a sort through runs does.
set -euo pipefail
cp --reflink=never "$1" "$4/copy"
cp --reflink=never "$4/copy" copy
