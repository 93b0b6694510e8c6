# The packages below the components. Also installed, and used by the package's config file, so that a build and a
# consumer find them in the same way.
set(spillway_Boost_targets Boost::iostreams)
set(spillway_xsimd_targets xsimd)
set(spillway_simdjson_targets simdjson::simdjson)
set(spillway_Threads_targets Threads::Threads)
set(spillway_date_targets date::date-tz)
set(spillway_DuckDB_targets DuckDB::DuckDB)

set(spillway_Boost_arguments 1.74 CONFIG COMPONENTS iostreams)

# Debian's xsimd names the xtl library, which it needs only for complex numbers and does not depend on.
macro(spillway_mend_xsimd)
  if(TARGET xsimd AND NOT TARGET xtl)
    set_target_properties(xsimd PROPERTIES INTERFACE_LINK_LIBRARIES "")
  endif()
endmacro()

# spillway_find_package(<package> <variable for the outcome> <optional?>)
macro(spillway_find_package package outcome optional)
  if(${optional})
    find_package(${package} ${spillway_${package}_arguments} QUIET)
  else()
    find_package(${package} ${spillway_${package}_arguments} REQUIRED)
  endif()
  spillway_mend_xsimd()
  set(${outcome} ${${package}_FOUND})
endmacro()
