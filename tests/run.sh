#!/usr/bin/env bash
# Installs what is missing, builds everything, and runs all tests.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tests/run.sh [--compiler COMPILER] [--sanitize LIST] [--build DIR] [--only NAME,…] [--except NAME,…]
                    [--around]

  --compiler COMPILER  g++ (default), clang++-16, …
  --sanitize LIST      address,undefined or thread
  --build DIR          where to build (default: build/tests, with the compiler and sanitizers in its name)
  --only NAME,…        only these programs of tests, for example unit.io,property.io
  --except NAME,…      all but these
  --around             only what is around the library: headers, consumers, README
TEXT
}

compiler=g++
sanitize=
build=
only=
except=
around=
while (($#)); do
  case $1 in
    --compiler) compiler=${2:?--compiler needs a name}; shift ;;
    --sanitize) sanitize=${2:?--sanitize needs a list}; shift ;;
    --build) build=${2:?--build needs a folder}; shift ;;
    --only) only=${2:?--only needs names of tests}; shift ;;
    --except) except=${2:?--except needs names of tests}; shift ;;
    --around) around=1 ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
groups=build,test,examples
[[ $compiler == *clang* ]] && groups+=,clang
"$root/cmake/setup.sh" --groups "$groups"

build=${build:-$root/build/tests-${compiler//+/p}${sanitize:+-${sanitize//,/-}}}
mkdir -p "$build"
configuration=(-DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -g1")
[[ $sanitize ]] && configuration+=("-DSPILLWAY_SANITIZE=$sanitize" -DSPILLWAY_EXAMPLES=OFF)
[[ $around ]] && configuration+=(-DSPILLWAY_LIBRARY_TESTS=OFF -DSPILLWAY_EXAMPLES=OFF)
[[ $except ]] && configuration+=("-DSPILLWAY_TESTS_LEFT_OUT=${except//,/;}")
cmake -S "$root" -B "$build" -G Ninja "-DCMAKE_CXX_COMPILER=$compiler" "${configuration[@]}" >"$build/configure.log" 2>&1 ||
  { cat "$build/configure.log"; exit 1; }

jobs=$(nproc)
# What does not compile must not keep the other tests from running.
targets=()
if [[ $only ]]; then
  IFS=, read -ra targets <<<"${only//./_}"
  only="^(${only//,/|})\$"
fi
cmake --build "$build" --parallel "$jobs" ${targets[0]:+--target "${targets[@]}"} -- -k 0 >"$build/build.log" 2>&1 && built=true || built=false
$built || grep -A 40 -m 3 '^FAILED' "$build/build.log" || tail -n 60 "$build/build.log"

(cd "$build" && ctest --output-on-failure --parallel "$jobs" --timeout 600 --no-tests=error ${only:+-R "$only"}) |
  tee "$build/test.log" || true
failed=$(sed -n 's/.* tests passed, \([0-9]*\) tests failed out of [0-9]*$/\1/p' "$build/test.log")
total=$(sed -n 's/.* tests failed out of \([0-9]*\)$/\1/p' "$build/test.log")
passed=$((${total:-0} - ${failed:-1}))
((passed >= 0)) || passed=0
failed=${failed:-1}
$built || { echo "not everything could be built: $build/build.log"; failed=$((failed + 1)); }
echo "$passed passed, $failed failed"
((failed == 0))
