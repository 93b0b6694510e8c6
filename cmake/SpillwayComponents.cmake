# One INTERFACE target per component: spillway::<name>. The arrows between them are those of the include folders, and
# each carries only the packages that its own headers need.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
include(SpillwayPackages)

# A project that takes spillway in by add_subdirectory must see the packages' targets too.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)

# spillway_component(<name> [ARROWS <component>…] [PACKAGES <package>…] [HEADERS <glob>…] [OPTIONAL])
# Without HEADERS, the headers are those of its folder and its umbrella header.
# With OPTIONAL, a missing package leaves the component out instead of stopping the configuration. So it is with every
# component inside another project, which may not want the component at all.
function(spillway_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "OPTIONAL" "" "ARROWS;PACKAGES;HEADERS")
  set(left_out_quietly ${arg_OPTIONAL})
  if(NOT PROJECT_IS_TOP_LEVEL)
    set(left_out_quietly TRUE)
  endif()
  foreach(arrow IN LISTS arg_ARROWS)
    if(NOT TARGET spillway_${arrow})
      message(STATUS "spillway: no spillway::${arrow}, so no spillway::${name}")
      return()
    endif()
  endforeach()
  foreach(package IN LISTS arg_PACKAGES)
    spillway_find_package(${package} found ${left_out_quietly})
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

  set(needs ${name})
  foreach(arrow IN LISTS arg_ARROWS)
    get_property(below GLOBAL PROPERTY spillway_${arrow}_needs)
    list(PREPEND needs ${below})
  endforeach()
  list(REMOVE_DUPLICATES needs)
  if(NOT arg_HEADERS)
    set(arg_HEADERS ${name}/*.hpp ${name}.hpp)
  endif()
  set_property(GLOBAL APPEND PROPERTY spillway_components ${name})
  if(NOT arg_OPTIONAL)
    set_property(GLOBAL APPEND PROPERTY spillway_umbrella_components ${name})
  endif()
  set_property(GLOBAL PROPERTY spillway_${name}_needs ${needs})
  set_property(GLOBAL PROPERTY spillway_${name}_packages ${arg_PACKAGES})
  set_property(GLOBAL PROPERTY spillway_${name}_headers ${arg_HEADERS})
endfunction()

# spillway::spillway is the components named, which are all that need no optional package; nothing if one was left out.
function(spillway_umbrella)
  get_property(components GLOBAL PROPERTY spillway_umbrella_components)
  foreach(component IN LISTS ARGN)
    if(NOT component IN_LIST components)
      message(STATUS "spillway: no spillway::${component}, so no spillway::spillway")
      return()
    endif()
  endforeach()
  add_library(spillway_spillway INTERFACE)
  add_library(spillway::spillway ALIAS spillway_spillway)
  set_target_properties(spillway_spillway PROPERTIES EXPORT_NAME spillway)
  list(TRANSFORM components PREPEND spillway:: OUTPUT_VARIABLE targets)
  target_link_libraries(spillway_spillway INTERFACE ${targets})
  set_property(GLOBAL APPEND PROPERTY spillway_components spillway)
  set_property(GLOBAL PROPERTY spillway_spillway_needs ${components} spillway)
  set_property(GLOBAL PROPERTY spillway_spillway_headers spillway.hpp)
endfunction()

# Headers, targets, and the package's config and version files. Each component's targets are a file of their own, so
# that the config file loads, and searches packages for, only those that are asked for.
function(spillway_install)
  set(folder ${CMAKE_INSTALL_DATADIR}/cmake/spillway)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/spillway DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.hpp")

  get_property(components GLOBAL PROPERTY spillway_components)
  set(tables "set(spillway_components ${components})\n")
  foreach(component IN LISTS components)
    install(TARGETS spillway_${component} EXPORT spillway-${component})
    install(EXPORT spillway-${component} NAMESPACE spillway:: FILE spillway-${component}.cmake DESTINATION ${folder})
    get_property(needs GLOBAL PROPERTY spillway_${component}_needs)
    get_property(packages GLOBAL PROPERTY spillway_${component}_packages)
    string(APPEND tables "set(spillway_${component}_needs ${needs})\n")
    string(APPEND tables "set(spillway_${component}_packages ${packages})\n")
  endforeach()

  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/spillway-config.cmake.in spillway-config.cmake
    INSTALL_DESTINATION ${folder} NO_CHECK_REQUIRED_COMPONENTS_MACRO)
  write_basic_package_version_file(spillway-config-version.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
  install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/spillway-config.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/spillway-config-version.cmake
    ${PROJECT_SOURCE_DIR}/cmake/SpillwayPackages.cmake
    ${PROJECT_SOURCE_DIR}/cmake/FindDuckDB.cmake
    DESTINATION ${folder})
endfunction()
