set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY) # a plain executable needs our linker script

set(CMAKE_C_FLAGS_RELEASE "-O2" CACHE STRING "speed: what ships")
set(CMAKE_C_FLAGS_MINSIZEREL "-Os" CACHE STRING "size")
set(CMAKE_C_FLAGS_DEBUG "-Og" CACHE STRING "debugging")
