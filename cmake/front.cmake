# The report layer and the gradcheck command, linked to the library's objects.
file(GLOB_RECURSE front_sources CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/src/report/*.c ${PROJECT_SOURCE_DIR}/src/cli/*.c)
set(main_source ${PROJECT_SOURCE_DIR}/src/cli/main.c)
list(REMOVE_ITEM front_sources ${main_source})
include(cmake/exercises.cmake)
list(APPEND front_sources ${exercises_source})

# Everything of the command but main(), so that tests can link it.
add_library(gck_front INTERFACE)
target_link_libraries(gck_front INTERFACE gck_core)
if(front_sources)
    add_library(gck_front_objects STATIC ${front_sources})
    target_link_libraries(gck_front_objects PUBLIC gck_core)
    if(TARGET PkgConfig::GCK_GRAPHVIZ_LIBRARIES)
        target_link_libraries(gck_front_objects PRIVATE PkgConfig::GCK_GRAPHVIZ_LIBRARIES)
    endif()
    target_link_libraries(gck_front INTERFACE gck_front_objects)
endif()

if(GCK_BUILD_CLI AND NOT EXISTS ${main_source})
    message(WARNING "src/cli/main.c is missing: the gradcheck command is not built")
    set(GCK_BUILD_CLI OFF)
endif()
if(GCK_BUILD_CLI)
    add_executable(gradcheck ${main_source})
    target_link_libraries(gradcheck PRIVATE gck_front)
    set_target_properties(gradcheck PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endif()

# bench/*.c: one program each, built and run by hand: cmake --build build --target bench
if(NOT PROJECT_IS_TOP_LEVEL)
    return()
endif()
file(GLOB bench_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.c)
add_custom_target(bench)
foreach(source IN LISTS bench_sources)
    get_filename_component(name ${source} NAME_WE)
    add_executable(bench_${name} EXCLUDE_FROM_ALL ${source})
    target_link_libraries(bench_${name} PRIVATE gck_front)
    set_target_properties(bench_${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench OUTPUT_NAME ${name})
    add_dependencies(bench bench_${name})
endforeach()
