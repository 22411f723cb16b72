# What every target of ours is compiled with.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(trilens_options INTERFACE)
target_include_directories(trilens_options INTERFACE "${CMAKE_SOURCE_DIR}/src")
# JSON_NOEXCEPTION everywhere, so that all translation units agree on nlohmann/json's inline functions
target_compile_definitions(trilens_options INTERFACE JSON_NOEXCEPTION)

add_library(trilens_warnings INTERFACE)
target_compile_options(trilens_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion)

if(TRILENS_SANITIZE)
  set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_compile_options(trilens_options INTERFACE ${sanitize})
  target_link_options(trilens_options INTERFACE ${sanitize})
endif()

# Our code does not throw. Tests may (Catch2 does), and so may a room that has to catch what a library throws.
if(EMSCRIPTEN)
  set(TRILENS_WITH_EXCEPTIONS -fwasm-exceptions)
  target_link_options(trilens_options INTERFACE -fwasm-exceptions)
else()
  set(TRILENS_WITH_EXCEPTIONS -fexceptions)
endif()
set(TRILENS_WITHOUT_EXCEPTIONS -fno-exceptions)
