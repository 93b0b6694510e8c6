# DuckDB's C interface as DuckDB::DuckDB: from DuckDB_ROOT, from where cmake/setup.sh puts it, or from the system.
# Sets DuckDB_FOUND, DuckDB_INCLUDE_DIR and DuckDB_LIBRARY, and DuckDB_VERSION where the set-up script has left it: the
# header does not tell.
set(duckdb_set_up ${CMAKE_CURRENT_LIST_DIR}/../.cache/duckdb)
find_path(DuckDB_INCLUDE_DIR duckdb.h HINTS ${duckdb_set_up} PATH_SUFFIXES include)
find_library(DuckDB_LIBRARY duckdb HINTS ${duckdb_set_up} PATH_SUFFIXES lib)

unset(DuckDB_VERSION)
if(EXISTS ${DuckDB_INCLUDE_DIR}/stamp)
  file(STRINGS ${DuckDB_INCLUDE_DIR}/stamp duckdb_stamp)
  string(REGEX MATCH "^[0-9]+\\.[0-9]+\\.[0-9]+" DuckDB_VERSION "${duckdb_stamp}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(DuckDB
  REQUIRED_VARS DuckDB_LIBRARY DuckDB_INCLUDE_DIR VERSION_VAR DuckDB_VERSION
  REASON_FAILURE_MESSAGE "run cmake/setup.sh --duckdb-only, or set DuckDB_ROOT")
mark_as_advanced(DuckDB_INCLUDE_DIR DuckDB_LIBRARY)

if(DuckDB_FOUND AND NOT TARGET DuckDB::DuckDB)
  # SHARED, so that programs get the library's folder in their run path.
  add_library(DuckDB::DuckDB SHARED IMPORTED)
  set_target_properties(DuckDB::DuckDB PROPERTIES
    IMPORTED_LOCATION ${DuckDB_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${DuckDB_INCLUDE_DIR})
endif()
