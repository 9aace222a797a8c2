# The constants of the audio front end, written by the Python reference that they come from.

set(FRONT_END_TABLES_FOLDER ${CMAKE_BINARY_DIR}/front_end)
set(FRONT_END_TABLES ${FRONT_END_TABLES_FOLDER}/front_end_tables.h)

set(dependencies "")
if(SIMGATE_SOURCES)
    set(dependencies ${SIMGATE_SOURCES}/reference/front_end_tables.py)
endif()

file(MAKE_DIRECTORY ${FRONT_END_TABLES_FOLDER})
add_custom_command(
    OUTPUT ${FRONT_END_TABLES}
    COMMAND ${SIMGATE_PYTHON} -m simgate.reference.front_end_tables ${FRONT_END_TABLES}
    DEPENDS ${dependencies}
    COMMENT "Tables of the audio front end"
    VERBATIM)
