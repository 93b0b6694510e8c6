#!/usr/bin/env bash
# Installs what building spillway needs and this machine lacks: Debian packages, and DuckDB's library and header from
# its npm packages. May be run any number of times. Exits with 0 unless the core cannot be built.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: cmake/setup.sh [--groups GROUP,…] [--duckdb-only] [--duckdb-dir DIR]

  --groups GROUP,…  any of build, test, benchmark, examples, clang (default: all)
  --duckdb-only     no Debian packages except what getting DuckDB takes
  --duckdb-dir DIR  where DuckDB goes (default: .cache/duckdb in the repository, where CMake looks)
TEXT
}

declare -A packages=(
  [build]='cmake ninja-build g++ ccache git pkg-config libboost1.81-dev libboost-iostreams1.81-dev zlib1g-dev libbz2-dev
           liblzma-dev libzstd-dev libxsimd-dev libsimdjson-dev libhowardhinnant-date-dev tzdata'
  [test]='catch2 zstd xz-utils bzip2 gzip'
  [benchmark]='libbenchmark-dev time python3'
  [examples]='libcli11-dev libfmt-dev libspdlog-dev gnuplot-nox'
  [clang]='clang-16 clang-tidy-16 clang-format-16 libclang-rt-16-dev llvm-16'
)

# Tested together. The library is of the same version as the header.
duckdb_version=1.4.4
duckdb_release=1.4.4-r.1
header_sum=844249e61c9517454b8f776638ba6c5ab411d1bddde1892ab72826ea25178c72430e74aa83f5122b171be6abcdace84560f824b5ac94e9d5c2b603ea7269a9a2
declare -A library_sums=(
  [x64]=7e360d73eb78fd3ee6873679ee8268210696bdb615bf186275c34d6a7b101625a777afc930b0942dde2a9edf172374edd81ad9b2b687ebdd0a481212dd03edd3
  [arm64]=c2af76fc471388e4d15b54520cec2378bc8c3175b0355370536d5341d7eedec812f3af88877ada68aebc95e0e063971681fef659edc9d96ec7633f06c3170c63
)

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
groups=build,test,benchmark,examples,clang
duckdb_folder=$root/.cache/duckdb
duckdb_only=false
while (($#)); do
  case $1 in
    --groups) groups=${2:?--groups needs a list}; shift ;;
    --duckdb-only) duckdb_only=true ;;
    --duckdb-dir) duckdb_folder=${2:?--duckdb-dir needs a folder}; shift ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

say() { printf 'setup: %s\n' "$*" >&2; }

not_installed() {
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' || true)
  local name
  for name in "$@"; do grep -qxF "$name" <<<"$installed" || echo "$name"; done
}

privileged() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# Installs what is missing of the packages named; 1 if something still is, which it has then said.
install_packages() {
  command -v dpkg-query >/dev/null ||
    { say "not a Debian system: have these, or what they are called here: $*"; return 1; }
  local missing
  mapfile -t missing < <(not_installed "$@")
  ((${#missing[@]})) || return 0
  if ((EUID != 0)) && ! command -v sudo >/dev/null; then
    say "neither root nor sudo; as root run: apt-get install --no-install-recommends ${missing[*]}"
    return 1
  fi
  say "installing ${missing[*]}"
  privileged apt-get update -qq || say "the package lists could not be refreshed"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends)
  privileged "${install[@]}" "${missing[@]}" >&2 && return 0
  # One package that cannot be had must not keep the others away.
  local name failed=0
  for name in "${missing[@]}"; do
    privileged "${install[@]}" "$name" >&2 || { say "missing: the Debian package $name"; failed=1; }
  done
  return "$failed"
}

# fetch <npm package> <sha512> <folder>: the package's archive, verified, as <folder>/package.tgz
fetch() {
  (
    cd "$3"
    archive=$(npm pack --silent --ignore-scripts "$1" 2>npm.log | tail -n 1) && [[ -f $archive ]] ||
      { say "missing: $1, which npm could not get: $(grep -m 1 -i error npm.log || echo 'no reason given')"; exit 1; }
    sha512sum --check --status <<<"$2  $archive" ||
      { say "missing: $1, because what npm got is not what was tested (its checksum differs)"; exit 1; }
    mv -- "$archive" package.tgz
  )
}

install_duckdb() {
  local platform
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) platform=x64 ;;
    Linux-aarch64) platform=arm64 ;;
    *) say "missing: DuckDB, of which no package is known for $(uname -s) on $(uname -m)"; return 1 ;;
  esac
  local stamp="$duckdb_release $platform"
  [[ -f $duckdb_folder/stamp && $(<"$duckdb_folder/stamp") == "$stamp" ]] && return 0
  command -v npm >/dev/null || install_packages npm || { say "missing: DuckDB, which only npm can get"; return 1; }

  say "getting DuckDB $duckdb_version"
  mkdir -p "$duckdb_folder"
  local work
  work=$(mktemp -d "$duckdb_folder/.setup.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  mkdir "$work/header" "$work/library"
  fetch "duckdb@$duckdb_version" "$header_sum" "$work/header" || return 1
  fetch "@duckdb/node-bindings-linux-$platform@$duckdb_release" "${library_sums[$platform]}" "$work/library" || return 1
  tar --no-same-owner -xzmf "$work/header/package.tgz" -C "$work" --strip-components=5 package/src/duckdb/src/include/duckdb.h
  tar --no-same-owner -xzmf "$work/library/package.tgz" -C "$work" --strip-components=1 package/libduckdb.so package/LICENSE
  echo "$stamp" >"$work/stamp"
  mv -f "$work"/{duckdb.h,libduckdb.so,LICENSE,stamp} "$duckdb_folder"
  rm -rf "$work"
  trap - EXIT
}

wanted=()
if ! $duckdb_only; then
  IFS=, read -ra names <<<"$groups"
  for name in "${names[@]}"; do
    [[ ${packages[$name]+set} ]] || { say "no group '$name'; there are: ${!packages[*]}"; exit 2; }
    # shellcheck disable=SC2206
    wanted+=(${packages[$name]})
  done
fi
if ((${#wanted[@]})); then
  install_packages "${wanted[@]}" || say "going on without them"
fi
install_duckdb || say "everything but spillway::duckdb and the programs on it builds without DuckDB"

if ! $duckdb_only && [[ ,$groups, == *,build,* ]]; then
  for tool in cmake c++; do
    command -v "$tool" >/dev/null || { say "no $tool: nothing can be built"; exit 1; }
  done
fi
