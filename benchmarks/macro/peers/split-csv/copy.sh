#!/usr/bin/env bash
# FILE THREADS MEMORY SCRATCH: a copy, from the cache to the cache. The least that a splitter does.
set -euo pipefail
exec cp --reflink=never "$1" copy
