# trilens_app(<name> <factory> DEPENDS room... [LIBRARIES target...])
#
# The WebAssembly module trilens_<name>.{mjs,wasm} of src/app/<name>/**/*.cpp (with what lies directly in src/app): an ES
# module whose default export is the function <factory>. It must have a main(). C functions marked EMSCRIPTEN_KEEPALIVE
# are callable from JavaScript.
function(trilens_app name factory)
  cmake_parse_arguments(app "" "" "DEPENDS;LIBRARIES" ${ARGN})
  list(TRANSFORM app_DEPENDS PREPEND "trilens::")
  file(GLOB shared CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/app/*.cpp")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/app/${name}/*.cpp")
  if(NOT sources)
    message(WARNING "src/app/${name} has no sources: trilens_${name} is left out")
    return()
  endif()
  add_executable(trilens_${name} ${sources} ${shared})
  set_target_properties(trilens_${name} PROPERTIES SUFFIX ".mjs")
  target_link_libraries(trilens_${name} PRIVATE trilens_options trilens_warnings ${app_DEPENDS} ${app_LIBRARIES})
  target_compile_options(trilens_${name} PRIVATE ${TRILENS_WITHOUT_EXCEPTIONS})
  target_link_options(trilens_${name} PRIVATE
    -sMODULARIZE=1 -sEXPORT_ES6=1 -sEXPORT_NAME=${factory} -sENVIRONMENT=web,worker,node
    -sALLOW_MEMORY_GROWTH=1 -sMAXIMUM_MEMORY=4GB -sSTACK_SIZE=1MB -sFILESYSTEM=0
    -sEXPORTED_FUNCTIONS=_main,_malloc,_free
    -sEXPORTED_RUNTIME_METHODS=ccall,cwrap,UTF8ToString,stringToUTF8,stringToNewUTF8,lengthBytesUTF8,HEAPU8,HEAP32,HEAPU32,HEAPF32,HEAPF64)
endfunction()

# trilens_bench(<name> DEPENDS room... EXPORTS function...)
#
# tests/bench/<name>.cpp as the module trilens_bench_<name>.{mjs,wasm} for scripts/bench, built only when asked for.
function(trilens_bench name)
  cmake_parse_arguments(bench "" "" "DEPENDS;EXPORTS" ${ARGN})
  list(TRANSFORM bench_DEPENDS PREPEND "trilens::")
  list(TRANSFORM bench_EXPORTS PREPEND "_")
  list(JOIN bench_EXPORTS "," exports)
  add_executable(trilens_bench_${name} EXCLUDE_FROM_ALL "${CMAKE_SOURCE_DIR}/tests/bench/${name}.cpp")
  set_target_properties(trilens_bench_${name} PROPERTIES SUFFIX ".mjs")
  target_link_libraries(trilens_bench_${name} PRIVATE trilens_options trilens_warnings ${bench_DEPENDS})
  target_compile_options(trilens_bench_${name} PRIVATE ${TRILENS_WITHOUT_EXCEPTIONS})
  target_link_options(trilens_bench_${name} PRIVATE -sMODULARIZE=1 -sEXPORT_ES6=1 -sENVIRONMENT=node -sALLOW_MEMORY_GROWTH=1
    -sMAXIMUM_MEMORY=4GB -sSTACK_SIZE=1MB -sFILESYSTEM=0 -sEXPORTED_FUNCTIONS=_main,_malloc,_free,${exports} -sEXPORTED_RUNTIME_METHODS=HEAPU8,HEAP32)
endfunction()

# trilens_site(<app>...): the page as it is served, in <build>/site.
function(trilens_site)
  set(modules ${ARGN})
  list(TRANSFORM modules PREPEND "trilens_")
  set(targets)
  foreach(module ${modules})
    if(TARGET ${module})
      list(APPEND targets ${module})
    endif()
  endforeach()
  add_custom_target(site ALL
    COMMAND node "${CMAKE_SOURCE_DIR}/scripts/stage_site.mjs" "${CMAKE_BINARY_DIR}" "${TRILENS_DEPS}"
    DEPENDS ${targets} COMMENT "Staging the site" VERBATIM)
endfunction()
