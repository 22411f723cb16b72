# Where scripts/bootstrap put the dependencies. Read before project(), which already needs ninja.
set(TRILENS_DEPS_FILE "${CMAKE_CURRENT_LIST_DIR}/../build/deps.cmake")
if(NOT EXISTS "${TRILENS_DEPS_FILE}")
  message(FATAL_ERROR "The dependencies are not set up yet. Run scripts/bootstrap first.")
endif()
include("${TRILENS_DEPS_FILE}")
if(CMAKE_GENERATOR MATCHES "Ninja" AND NOT CMAKE_MAKE_PROGRAM)
  set(CMAKE_MAKE_PROGRAM "${TRILENS_NINJA}" CACHE FILEPATH "ninja, as scripts/bootstrap found it")
endif()
