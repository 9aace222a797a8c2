# add_network(<target> <model> <prefix>): compiles a .tflite to C whose names begin with the prefix,
# and links it, with the kernels of nn/, into the target. The layer table is kept by the fragment
# that nn/ ships.

function(add_network name model prefix)
    set(generated ${CMAKE_BINARY_DIR}/${prefix})

    set(compiler_sources "")
    if(SIMGATE_SOURCES)
        file(GLOB_RECURSE compiler_sources CONFIGURE_DEPENDS ${SIMGATE_SOURCES}/model/*.py)
    endif()
    add_custom_command(
        OUTPUT ${generated}/${prefix}.c ${generated}/${prefix}.h
        COMMAND ${SIMGATE_PYTHON} -m simgate compile ${model} --prefix ${prefix} --out ${generated}
        # The compiler leaves files alone whose text did not change; ninja must see that they are new.
        COMMAND ${CMAKE_COMMAND} -E touch ${generated}/${prefix}.c ${generated}/${prefix}.h
        DEPENDS ${model} ${compiler_sources}
        COMMENT "Network of ${name} as C"
        VERBATIM)

    file(GLOB kernels CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/nn/*.c)
    target_sources(${name} PRIVATE ${kernels} ${generated}/${prefix}.c ${generated}/${prefix}.h)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/nn ${generated})
endfunction()
