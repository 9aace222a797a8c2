# add_application(<name or folder>): the executable <name>.elf, with <name>.map beside it.
#
# The folder's app.toml may set stack_size and linker_script (a file of the folder) for itself;
# STACK_SIZE given on the command line is stronger.

function(add_application app)
    if(IS_ABSOLUTE ${app})
        set(folder ${app})
    else()
        set(folder ${CMAKE_SOURCE_DIR}/app/${app})
    endif()
    get_filename_component(name ${folder} NAME)

    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.c)
    if(NOT sources)
        message(FATAL_ERROR "no application '${app}': ${folder} holds no C file")
    endif()

    described(${folder} linker_script ${BOARD_LINKER_SCRIPT} linker_script)
    cmake_path(ABSOLUTE_PATH linker_script BASE_DIRECTORY ${folder})
    described(${folder} stack_size 3072 stack_size)
    if(STACK_SIZE)
        set(stack_size ${STACK_SIZE})
    endif()

    add_executable(${name} ${sources})
    set_target_properties(${name} PROPERTIES SUFFIX .elf LINK_DEPENDS
        "${linker_script};${CMAKE_SOURCE_DIR}/board/sections.ld;${CMAKE_SOURCE_DIR}/nn/simgate_layers.ld")
    cmake_path(IS_PREFIX CMAKE_SOURCE_DIR ${folder} shipped)
    if(NOT shipped)
        target_compile_options(${name} PRIVATE -ffile-prefix-map=${folder}=app/${name})
    endif()
    target_link_libraries(${name} PRIVATE startup platform dsp)
    target_link_options(${name} PRIVATE
        ${BOARD_CPU_FLAGS} -nostartfiles
        -T ${linker_script} -L${CMAKE_SOURCE_DIR}/board -L${CMAKE_SOURCE_DIR}/nn
        -Wl,--defsym=STACK_SIZE=${stack_size}
        -Wl,--gc-sections -Wl,--fatal-warnings
        -Wl,-Map=$<TARGET_FILE_DIR:${name}>/${name}.map)

    described(${folder} model model.tflite model)
    described(${folder} model_prefix ${name}_model prefix)
    cmake_path(ABSOLUTE_PATH model BASE_DIRECTORY ${folder})
    if(MODEL)
        get_filename_component(model ${MODEL} ABSOLUTE)
    endif()
    if(MODEL OR EXISTS ${model})
        add_network(${name} ${model} ${prefix})
    endif()
endfunction()
