# What our own builds need and consumers must never see: warnings as errors, sanitizers, the machine's instruction set.
set(SPILLWAY_SANITIZE "" CACHE STRING "Sanitizers for our own builds, for example address,undefined")
option(SPILLWAY_COVERAGE "Measure coverage of our own builds" OFF)
option(SPILLWAY_NATIVE "Compile our own programs for this machine's instruction set" ON)

add_library(spillway_development INTERFACE)
target_compile_options(spillway_development INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wcast-align
  -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference -Wdouble-promotion -Wformat=2 -Wimplicit-fallthrough
  # The same floating-point results on every machine, whether or not it can fuse a multiplication with an addition.
  -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(spillway_development INTERFACE -Wduplicated-cond -Wlogical-op
    # g++ 12 gives these for correct code inside the standard library.
    -Wno-restrict -Wno-null-dereference -Wno-array-bounds -Wno-stringop-overflow)
endif()
if(SPILLWAY_NATIVE)
  target_compile_options(spillway_development INTERFACE -march=native)
endif()
if(SPILLWAY_SANITIZE)
  target_compile_options(spillway_development INTERFACE
    -fsanitize=${SPILLWAY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(spillway_development INTERFACE -fsanitize=${SPILLWAY_SANITIZE})
endif()
if(SPILLWAY_COVERAGE)
  target_compile_options(spillway_development INTERFACE --coverage)
  target_link_options(spillway_development INTERFACE --coverage)
endif()

find_program(SPILLWAY_CCACHE ccache)
if(SPILLWAY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without this, and the options below, nothing that uses a precompiled header is ever found in the cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${SPILLWAY_CCACHE})
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(spillway_development INTERFACE -fpch-preprocess)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(spillway_development INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()
