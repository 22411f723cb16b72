# Emscripten, wherever scripts/bootstrap found or put it.
include("${CMAKE_CURRENT_LIST_DIR}/TrilensBootstrap.cmake")
if(NOT TRILENS_EMSCRIPTEN)
  message(FATAL_ERROR "Emscripten is not set up yet. Run scripts/bootstrap first (without --native).")
endif()
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # linking feature tests would build debug variants of all system libraries
include("${TRILENS_EMSCRIPTEN}/cmake/Modules/Platform/Emscripten.cmake")
