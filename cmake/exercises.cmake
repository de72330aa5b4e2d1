# docs/course/exercises as a table in C, built into the command: nothing has to be found when it runs.
#
# gck_bytes(out file): {bytes, size} of the file, as an initializer.
function(gck_bytes out file)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    file(SIZE ${file} size)
    set(${out} "{(const unsigned char[]){${hex}}, ${size}}" PARENT_SCOPE)
endfunction()

set(folder ${PROJECT_SOURCE_DIR}/docs/course/exercises)
file(GLOB starts CONFIGURE_DEPENDS ${folder}/*.yaml)
set(rows "")
foreach(start IN LISTS starts)
    get_filename_component(name ${start} NAME_WE)
    gck_bytes(case ${start})
    gck_bytes(english ${folder}/${name}.en.md)
    gck_bytes(korean ${folder}/${name}.ko.md)
    string(REGEX REPLACE "^[0-9]+-" "" name ${name})
    string(APPEND rows "    {\"${name}\",\n     ${case},\n     {${english},\n      ${korean}}},\n")
endforeach()
set(exercises_source ${PROJECT_BINARY_DIR}/generated/exercises.c)
file(CONFIGURE OUTPUT ${exercises_source} @ONLY CONTENT "/* Made by cmake/exercises.cmake. */
#include \"report/exercise.h\"

const struct exercise exercises[] = {
${rows}};
const size_t exercise_count = sizeof exercises / sizeof *exercises;
")
