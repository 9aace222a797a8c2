# SIMGATE_PYTHON: the command that runs the Python with Simgate in it. In a checkout the sources
# beside this folder are used; elsewhere Simgate is installed.

find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)

set(SIMGATE_PYTHON ${Python3_EXECUTABLE})
set(SIMGATE_SOURCES "")
if(EXISTS ${CMAKE_SOURCE_DIR}/../sim/simgate/__init__.py)
    cmake_path(ABSOLUTE_PATH CMAKE_SOURCE_DIR NORMALIZE OUTPUT_VARIABLE simgate_root)
    cmake_path(GET simgate_root PARENT_PATH simgate_root)
    set(SIMGATE_PYTHON ${CMAKE_COMMAND} -E env PYTHONPATH=${simgate_root}/sim ${Python3_EXECUTABLE})
    set(SIMGATE_SOURCES ${simgate_root}/sim/simgate)
endif()
