# One INTERFACE target per component: spillway::<name>. The arrows between them are those of the include folders, and
# each carries only the packages that its own headers need.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
include(SpillwayPackages)

# spillway_component(<name> [ARROWS <component>…] [PACKAGES <package>…] [OPTIONAL])
# With OPTIONAL, a missing package leaves the component out instead of stopping the configuration.
function(spillway_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "OPTIONAL" "" "ARROWS;PACKAGES")
  foreach(package IN LISTS arg_PACKAGES)
    spillway_find_package(${package} found ${arg_OPTIONAL})
    if(NOT found)
      message(STATUS "spillway: no ${package}, so no spillway::${name}")
      return()
    endif()
  endforeach()

  add_library(spillway_${name} INTERFACE)
  add_library(spillway::${name} ALIAS spillway_${name})
  set_target_properties(spillway_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(spillway_${name} INTERFACE cxx_std_20)
  target_include_directories(spillway_${name} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  foreach(arrow IN LISTS arg_ARROWS)
    target_link_libraries(spillway_${name} INTERFACE spillway::${arrow})
  endforeach()
  foreach(package IN LISTS arg_PACKAGES)
    target_link_libraries(spillway_${name} INTERFACE ${spillway_${package}_targets})
  endforeach()

  set_property(GLOBAL APPEND PROPERTY spillway_components ${name})
  set_property(GLOBAL PROPERTY spillway_${name}_arrows ${arg_ARROWS})
  set_property(GLOBAL PROPERTY spillway_${name}_packages ${arg_PACKAGES})
endfunction()

# spillway::spillway is every component that needs no optional package.
function(spillway_umbrella)
  add_library(spillway_spillway INTERFACE)
  add_library(spillway::spillway ALIAS spillway_spillway)
  set_target_properties(spillway_spillway PROPERTIES EXPORT_NAME spillway)
  get_property(components GLOBAL PROPERTY spillway_components)
  list(REMOVE_ITEM components duckdb)
  list(TRANSFORM components PREPEND spillway::)
  target_link_libraries(spillway_spillway INTERFACE ${components})
endfunction()

# Headers, targets, and the package's config and version files.
function(spillway_install)
endfunction()
