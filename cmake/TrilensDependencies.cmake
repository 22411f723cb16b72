# Third-party code, from the folder that scripts/bootstrap filled. NOTICE lists versions and licences.
target_include_directories(trilens_options SYSTEM INTERFACE "${TRILENS_DEPS}/include")  # nlohmann/json

set(imgui "${TRILENS_DEPS}/imgui")
add_library(trilens_imgui STATIC EXCLUDE_FROM_ALL
  ${imgui}/imgui.cpp ${imgui}/imgui_draw.cpp ${imgui}/imgui_tables.cpp ${imgui}/imgui_widgets.cpp ${imgui}/misc/cpp/imgui_stdlib.cpp)
target_include_directories(trilens_imgui SYSTEM PUBLIC ${imgui} ${imgui}/misc/cpp)
target_compile_definitions(trilens_imgui PUBLIC
  IMGUI_USE_WCHAR32                # text beyond the basic plane: emoji, old scripts
  IMGUI_DISABLE_FILE_FUNCTIONS     # there is no file system in the page
  IMGUI_DISABLE_DEMO_WINDOWS IMGUI_DISABLE_DEBUG_TOOLS)
target_compile_options(trilens_imgui PRIVATE -w ${TRILENS_WITHOUT_EXCEPTIONS})
target_link_libraries(trilens_imgui PRIVATE trilens_options)

# Unicode data for the tokenizers; one C file that is C++ as well, so that the project needs no second language
set(utf8proc "${TRILENS_DEPS}/utf8proc")
set_source_files_properties(${utf8proc}/utf8proc.c PROPERTIES LANGUAGE CXX)
add_library(trilens_utf8proc STATIC EXCLUDE_FROM_ALL ${utf8proc}/utf8proc.c)
target_include_directories(trilens_utf8proc SYSTEM PUBLIC ${utf8proc})
target_compile_definitions(trilens_utf8proc PUBLIC UTF8PROC_STATIC)
target_compile_options(trilens_utf8proc PRIVATE -w ${TRILENS_WITHOUT_EXCEPTIONS})

if(EMSCRIPTEN)
  add_library(trilens_imgui_webgl STATIC EXCLUDE_FROM_ALL ${imgui}/backends/imgui_impl_opengl3.cpp)
  target_include_directories(trilens_imgui_webgl SYSTEM PUBLIC ${imgui}/backends)
  target_compile_options(trilens_imgui_webgl PRIVATE -w ${TRILENS_WITHOUT_EXCEPTIONS})
  target_link_libraries(trilens_imgui_webgl PUBLIC trilens_imgui)
  target_link_options(trilens_imgui_webgl INTERFACE -sMAX_WEBGL_VERSION=2 -sMIN_WEBGL_VERSION=2)
  set(catch2 "${TRILENS_DEPS}/catch2-wasm")
else()
  set(catch2 "${TRILENS_DEPS}/catch2-native")
endif()

if(TRILENS_TESTS)
  find_package(Catch2 3 REQUIRED CONFIG PATHS "${catch2}" NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
endif()
