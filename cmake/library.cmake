# libgradcheck: the layers below report, each file compiled once, kernels once per scalar.
#
#   gck_core     static archive of all objects, internals visible: the tests and the command link it
#   gck_shared   libgradcheck.so, gck_ symbols only
#   gck_static   libgradcheck.a, gck_ symbols only
set(layers base real tensor files ops graph check case engine api)
set(plain_sources)
set(scalar_sources ${GCK_SCALAR_SOURCES})
foreach(layer IN LISTS layers)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${layer}/*.c)
    set(kernels ${found})
    list(FILTER kernels INCLUDE REGEX "/src/ops/families/[^/]*$|/src/[a-z]+/scalar/[^/]*$")
    list(APPEND scalar_sources ${kernels})
    list(APPEND plain_sources ${found})
endforeach()
list(TRANSFORM scalar_sources PREPEND ${PROJECT_SOURCE_DIR}/ REGEX "^src/")
list(REMOVE_DUPLICATES scalar_sources)
list(REMOVE_ITEM plain_sources ${scalar_sources})

# One object library out of the given sources; its objects are appended to the list `objects`.
macro(gck_objects name definitions)
    if(NOT "${ARGN}" STREQUAL "")
        add_library(${name} OBJECT ${ARGN})
        target_compile_definitions(${name} PRIVATE ${definitions})
        target_link_libraries(${name} PRIVATE gck_options)
        list(APPEND objects $<TARGET_OBJECTS:${name}>)
    endif()
endmacro()
set(objects)
gck_objects(gck_plain "" ${plain_sources})
gck_objects(gck_double REAL_DOUBLE ${scalar_sources})
gck_objects(gck_mpfr REAL_MPFR ${scalar_sources})
list(FILTER scalar_sources EXCLUDE REGEX "/engine/scalar/(planted|own|divisor)\\.c$") # mutants are of the other two
gck_objects(gck_reordered REAL_REORDERED ${scalar_sources})

add_library(gck_core STATIC ${objects})
set_target_properties(gck_core PROPERTIES LINKER_LANGUAGE C)
target_link_libraries(gck_core PUBLIC gck_options)

add_library(gck_shared SHARED ${objects})
add_library(gradcheck::gradcheck ALIAS gck_shared)
set_target_properties(gck_shared PROPERTIES OUTPUT_NAME gradcheck EXPORT_NAME gradcheck
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} LINKER_LANGUAGE C)
target_link_libraries(gck_shared PRIVATE $<BUILD_INTERFACE:gck_options>)
if(NOT GCK_SANITIZE)
    target_link_options(gck_shared PRIVATE LINKER:-z,defs)
endif()

# Hidden symbols still meet the user's own names in a static archive. So the archive holds one
# object in which they are local.
set(whole ${PROJECT_BINARY_DIR}/gradcheck_whole.o)
add_custom_command(OUTPUT ${whole}
    COMMAND ${CMAKE_LINKER} -r -o ${whole} ${objects}
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${whole}
    DEPENDS ${objects} COMMAND_EXPAND_LISTS VERBATIM COMMENT "Hiding the internals of libgradcheck.a")
add_library(gck_static STATIC ${whole})
add_library(gradcheck::static ALIAS gck_static)
set_source_files_properties(${whole} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
set_target_properties(gck_static PROPERTIES OUTPUT_NAME gradcheck EXPORT_NAME static LINKER_LANGUAGE C)
target_link_libraries(gck_static PRIVATE PkgConfig::GCK_DEPENDENCIES Threads::Threads m)

foreach(target gck_shared gck_static)
    target_include_directories(${target} INTERFACE
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()
