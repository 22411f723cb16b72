# What Trilens needs, one function per thing. Sourced by scripts/bootstrap; each function runs in a step of its own.

readonly DEPS="$CACHE/deps"
readonly TOOLS_PREFIX="$CACHE/tools"
readonly EMSCRIPTEN_PREFIX="$CACHE/emscripten-$(short_version emscripten)"
readonly INCLUDE_DIR="$DEPS/include"

# --- ninja and patchelf: the machine's, else a private prefix with its own C library
find_tools() {
  PATCHELF="$(command -v patchelf || true)" NINJA="$(command -v ninja || true)"
  if [[ -z $PATCHELF || -z $NINJA ]]; then
    step tools "Build tools: ninja, patchelf" fetch_tools
    PATCHELF="${PATCHELF:-$TOOLS_PREFIX/usr/bin/patchelf}" NINJA="${NINJA:-$TOOLS_PREFIX/usr/bin/ninja}"
  fi
}

fetch_tools() {
  prepare_apt
  fetch_prefix "$TOOLS_PREFIX" ninja-build patchelf
  # patchelf cannot run before it is patched: the first time its own loader starts a copy of it
  local library copy="$TOOLS_PREFIX/patchelf.first"
  library="$(dirname "$(ls "$TOOLS_PREFIX"/usr/lib/*/libc.so.6)")"
  cp "$TOOLS_PREFIX/usr/bin/patchelf" "$copy"
  PATCHELF="$TOOLS_PREFIX/patchelf.sh"
  printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$(ls "$library"/ld-linux*.so.* | head -n 1)" "$library" "$copy" >"$PATCHELF"
  chmod +x "$PATCHELF"
  relink "$TOOLS_PREFIX"
  "$TOOLS_PREFIX/usr/bin/patchelf" --version && "$TOOLS_PREFIX/usr/bin/ninja" --version
}

# --- headers and sources: fetch_header PACKAGE FOLDER (of usr/include), fetch_source PACKAGE FILE (that must be there)
fetch_header() {
  prepare_apt
  local work="$DEPS/download-$1" target
  rm -rf "$work" "${INCLUDE_DIR:?}/$2"
  mkdir -p "$work" "$INCLUDE_DIR"
  cd "$work"
  target="$(pinned header "$1")"
  apt_private apt-get download "$target"
  verify_archive "$1" "$(ls "$1"_*.deb)"
  dpkg-deb -x "$1"_*.deb unpacked
  cp -r "unpacked/usr/include/$2" "$INCLUDE_DIR/"
  rm -rf "$work"
}

fetch_source() {
  prepare_apt
  local work="$DEPS/download-$1" target archive
  rm -rf "$work" "${DEPS:?}/$1"
  mkdir -p "$work" "$DEPS/$1"
  cd "$work"
  target="$(pinned source "$1")"
  apt_private apt-get source --download-only --only-source "$target"
  archive="$(ls "$1"_*.orig.tar.*[!c])"
  verify_archive "$1" "$archive"
  tar -xf "$archive" --strip-components=1 -C "$DEPS/$1"
  [[ -f $DEPS/$1/$2 ]] || { echo "hint: $archive does not contain $2"; return 1; }
  rm -rf "$work"
}

verify_archive() { # PACKAGE FILE
  local sum file
  read -r _ _ _ sum file <<<"$(lock_row "$1")"
  if [[ $2 == "$file" ]]; then check_sum "$2" "$sum"; else echo "note: no checksum is pinned for $2; apt has checked its signature"; fi
}

# --- Catch2, once per compiler, so that every build folder finds it ready
build_catch2() { # INSTALL_PREFIX CMAKE_ARGUMENT...
  local prefix="$1" build="$1-build"
  shift
  rm -rf "$prefix" "$build"
  cmake -S "$DEPS/catch2" -B "$build" -G Ninja -DCMAKE_MAKE_PROGRAM="$NINJA" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_STANDARD=23 -DCMAKE_CXX_EXTENSIONS=OFF \
    -DCMAKE_CXX_FLAGS_RELEASE=-O1 -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=30 -DBUILD_TESTING=OFF -DCATCH_INSTALL_DOCS=OFF -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_PREFIX="$prefix" "$@"
  cmake --build "$build" -j "$JOBS"
  cmake --install "$build" >/dev/null
  rm -rf "$build"
}
build_catch2_native() { build_catch2 "$DEPS/catch2-native"; }
build_catch2_wasm() {
  build_catch2 "$DEPS/catch2-wasm" -DCMAKE_TOOLCHAIN_FILE="$EMSCRIPTEN_ROOT/cmake/Modules/Platform/Emscripten.cmake" -DCMAKE_CXX_FLAGS=-fwasm-exceptions \
    -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY # linking the feature tests would build debug variants of all system libraries
}

# --- Emscripten: $EMSDK, PATH, else a private prefix
find_emscripten() {
  EMSCRIPTEN_ROOT=
  local candidate major
  for candidate in "${EMSDK:-/nonexistent}/upstream/emscripten" "$(dirname "$(readlink -f "$(command -v emcc || echo /nonexistent/emcc)")")"; do
    [[ -x $candidate/em++ && -f $candidate/cmake/Modules/Platform/Emscripten.cmake ]] || continue
    major="$("$candidate/emcc" --version 2>/dev/null | sed -n '1s/.*) \([0-9]*\)\..*/\1/p')"
    if [[ -n $major ]] && ((major >= OLDEST_EMCC)); then
      EMSCRIPTEN_ROOT="$candidate"
      return
    fi
    say "the emcc in $candidate is too old (${major:-unknown}, $OLDEST_EMCC or newer is needed): fetching another"
  done
}

fetch_emscripten() {
  prepare_apt
  local target
  target="$(pinned tool emscripten)"
  fetch_prefix "$EMSCRIPTEN_PREFIX" "$target"
  compare_with_lock
  rm -rf "$APT/archives"
  relink "$EMSCRIPTEN_PREFIX"
  write_emscripten_config
  "$EMSCRIPTEN_PREFIX/usr/share/emscripten/emcc" --version
}

# The packages that came along: a pinned emscripten may get newer libraries from the mirror. Told, not refused: apt has
# checked their signatures, and the tests say whether the build is right.
compare_with_lock() {
  local seen="$CACHE/toolchain.packages"
  (cd "$APT/archives" && sha256sum ./*.deb | sed 's| \./| |') >"$seen"
  if [[ $relock == yes ]]; then
    { echo "# sha256 and file of every package of the Emscripten toolchain (amd64), as last locked by scripts/bootstrap --relock"; cat "$seen"; } >"$TOOLCHAIN_LOCK"
  elif [[ -f $TOOLCHAIN_LOCK ]]; then
    local moved name
    moved="$(grep -Fxvf "$TOOLCHAIN_LOCK" "$seen" || true)"
    [[ -z $moved ]] && echo "all packages are as locked" && return
    echo "note: packages that are not as in scripts/toolchain.lock:"
    echo "$moved"
    while read -r _ name; do # same name and version, other content: that is no update
      grep -Fq " $name" "$TOOLCHAIN_LOCK" && { echo "hint: $name differs from scripts/toolchain.lock although its version is the same. Do not use this mirror."; return 1; }
    done <<<"$moved"
  fi
  return 0
}

write_emscripten_config() {
  local config="$EMSCRIPTEN_PREFIX/usr/share/emscripten/.emscripten" version
  version="$(sed -n "s/^ *LLVM_ADD_VERSION *= *['\"]\([0-9]*\)['\"].*/\1/p" "$config" | head -n 1)"
  [[ -n $version ]] || version="$(ls -d "$EMSCRIPTEN_PREFIX"/usr/lib/llvm-* | sed 's/.*llvm-//' | sort -n | tail -n 1)"
  rm -f "$config"
  cat >"$config" <<CONF
LLVM_ROOT = '$EMSCRIPTEN_PREFIX/usr/bin'
BINARYEN_ROOT = '$EMSCRIPTEN_PREFIX/usr'
NODE_JS = '$(command -v node)'
CACHE = '$CACHE/emscripten-cache'
LLVM_ADD_VERSION = '$version'
CLANG_ADD_VERSION = '$version'
CONF
}

# Links two programs with the flags of our builds, so that the first real build does not stand still for minutes.
build_emscripten_libraries() {
  local folder="$CACHE/probe"
  mkdir -p "$folder"
  cat >"$folder/probe.cpp" <<'CPP'
#include <expected>
#include <iostream>
#include <stdexcept>
int main(int count, char**) {
  std::expected<int, int> value = count;
  try {
    if (*value == 1) throw std::runtime_error("the toolchain works");
  } catch (const std::exception& error) { std::cout << error.what() << std::endl; }
}
CPP
  "$EMSCRIPTEN_ROOT/em++" -std=c++23 -O1 -fwasm-exceptions -sALLOW_MEMORY_GROWTH=1 -sNODERAWFS=1 -sEXIT_RUNTIME=1 "$folder/probe.cpp" -o "$folder/probe.js"
  node "$folder/probe.js" | grep -q 'the toolchain works'
  "$EMSCRIPTEN_ROOT/em++" -std=c++23 -O2 -fwasm-exceptions -sALLOW_MEMORY_GROWTH=1 -sFILESYSTEM=0 -sMODULARIZE -sEXPORT_ES6 \
    -sMAX_WEBGL_VERSION=2 -sMIN_WEBGL_VERSION=2 -sFULL_ES3=0 "$folder/probe.cpp" -o "$folder/page.mjs"
  rm -rf "$folder"
}

# --- npm packages, by the lockfile, into ./node_modules
npm_step() {
  local wanted
  wanted="$(digest "$(cat "$ROOT/package-lock.json" "$ROOT/package.json")")"
  [[ -f $ROOT/node_modules/.trilens-stamp && $(cat "$ROOT/node_modules/.trilens-stamp") == "$wanted" ]] && return 0
  rm -f "$CACHE/stamps/npm-$$"
  step "npm-$$" "$1" npm_install
  rm -f "$CACHE/stamps/npm-$$"
  echo "$wanted" >"$ROOT/node_modules/.trilens-stamp"
}
npm_install() {
  cd "$ROOT"
  npm ci --ignore-scripts --no-audit --no-fund --no-progress ||
    { echo "hint: npm could not install what package-lock.json names. Check the network and npm's registry setting (npm config get registry)."; return 1; }
}

# --- the browser under test
find_browser() {
  CHROMIUM="${TRILENS_CHROMIUM:-}"
  local name
  for name in chromium chromium-browser google-chrome-stable google-chrome; do CHROMIUM="${CHROMIUM:-$(command -v "$name" || true)}"; done
  [[ -n $CHROMIUM ]]
}
install_browser() {
  if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    fail "no Chromium here, and installing one needs root" \
      "As root: apt-get install chromium      (the browser tests drive it headless)" "Or name one: TRILENS_CHROMIUM=/path/to/chrome scripts/test"
  fi
  step "chromium-$$" "Chromium for the browser tests, by apt (this machine has none)" install_chromium
  rm -f "$CACHE/stamps/chromium-$$"
  find_browser || fail "apt installed chromium, but there is no program of that name" "Name one: TRILENS_CHROMIUM=/path/to/chrome scripts/test"
}
install_chromium() {
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium ||
    { echo "hint: apt could not install chromium. Install it by hand, or name a browser: TRILENS_CHROMIUM=/path/to/chrome."; return 1; }
}

# --- what the build reads
write_environment() {
  local emscripten="${EMSCRIPTEN_ROOT:-}"
  # Written before Emscripten is looked for, and by a native run: what is not known yet stays as it was. Else deps.cmake would
  # change and change back, and everything would be built again each time.
  if [[ -z $emscripten && -f $ROOT/build/env.sh ]]; then
    emscripten="$(sed -n 's/^export TRILENS_EMSCRIPTEN=//p' "$ROOT/build/env.sh")"
  fi
  cat >"$ROOT/build/env.sh.new" <<ENV
# Written by scripts/bootstrap; source it in a shell to get the same tools that the scripts use.
export TRILENS_DEPS=$DEPS
export TRILENS_EMSCRIPTEN=$emscripten
export TRILENS_NINJA=$NINJA
export TRILENS_CHROMIUM=$CHROMIUM
export PATH=${emscripten:+$emscripten:}$(dirname "$NINJA"):\$PATH
ENV
  if [[ -n $emscripten && -f $emscripten/.emscripten ]]; then echo "export EM_CONFIG=$emscripten/.emscripten" >>"$ROOT/build/env.sh.new"; fi
  cat >"$ROOT/build/deps.cmake.new" <<CMAKE
# Written by scripts/bootstrap; read by CMakeLists.txt and cmake/toolchain-wasm.cmake.
set(TRILENS_DEPS "$DEPS")
set(TRILENS_EMSCRIPTEN "$emscripten")
set(TRILENS_NINJA "$NINJA")
CMAKE
  local file
  for file in env.sh deps.cmake; do
    if [[ -f $ROOT/build/$file && $(<"$ROOT/build/$file.new") == "$(<"$ROOT/build/$file")" ]]; then rm "$ROOT/build/$file.new"; else mv "$ROOT/build/$file.new" "$ROOT/build/$file"; fi
  done
}
