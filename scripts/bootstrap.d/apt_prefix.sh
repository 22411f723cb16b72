# Debian packages in a folder of our own: an apt configuration that touches neither the system's lists nor its packages,
# download, unpack, and ELF files re-pointed at the libraries that came along. No root. Sourced by scripts/bootstrap.

readonly APT="$CACHE/apt"

mirror() {
  if [[ -n ${TRILENS_DEBIAN_MIRROR:-} ]]; then echo "$TRILENS_DEBIAN_MIRROR"; return; fi
  apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -i debian | grep -vi security | sort -u | head -n 1
}

# Once per run: the private configuration and fresh package lists.
prepare_apt() {
  [[ -e $APT/fresh && $(find "$APT/fresh" -mmin -120) ]] && return 0
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || {
    echo "hint: this machine has no apt. Trilens' dependencies come from Debian's archive: use Debian 12 or newer, or a container of it."; return 1; }
  local uri
  uri="$(mirror)"
  [[ -n $uri ]] || { echo "hint: no Debian mirror is configured here. Set TRILENS_DEBIAN_MIRROR to one (the address that ends in /debian)."; return 1; }
  rm -rf "$APT/lists"
  mkdir -p "$APT/lists/partial" "$APT/archives/partial"
  : >"$APT/status"
  printf 'deb %s %s main\ndeb-src %s %s main\n' "$uri" "$SUITE" "$uri" "$SUITE" >"$APT/sources.list"
  cat >"$APT/apt.conf" <<CONF
Dir::Etc::sourcelist "$APT/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "$APT";
Dir::State::lists "$APT/lists";
Dir::State::status "$APT/status";
Dir::Cache "$APT";
Dir::Cache::archives "$APT/archives";
APT::Install-Recommends "false";
APT::Sandbox::User "$(id -un)";
Acquire::Retries "3";
Acquire::Languages "none";
CONF
  apt_private apt-get update || { echo "hint: the package mirror could not be read (suite $SUITE). Check the network and the mirror, or set TRILENS_DEBIAN_MIRROR."; return 1; }
  touch "$APT/fresh"
}

apt_private() { APT_CONFIG="$APT/apt.conf" DEBIAN_FRONTEND=noninteractive "$@"; }

# pinned KIND PACKAGE -> package=version; fails with what to do where the mirror no longer has the pinned version.
pinned() {
  local wanted available
  wanted="$(lock_version "$2")"
  if [[ $1 == source ]]; then
    available="$(apt_private apt-cache showsrc "$2" | sed -n 's/^Version: //p')"
  else
    available="$(apt_private apt-cache show --all-versions "$2" | sed -n 's/^Version: //p')"
  fi
  if grep -Fxq "$wanted" <<<"$available"; then echo "$2=$wanted"; return; fi
  if [[ ${TRILENS_ACCEPT_NEWER:-} == 1 && -n $available ]]; then echo "$2=$(tail -n 1 <<<"$available")"; return; fi
  echo "hint: the mirror has moved on: it no longer has $2 $wanted, which scripts/deps.lock pins (it has: ${available:-nothing of that name})." >&2
  echo "hint: Run again with TRILENS_ACCEPT_NEWER=1 to take that one; if all tests pass, write its version and checksum into scripts/deps.lock." >&2
  return 1
}

# fetch_prefix FOLDER PACKAGE...: the packages with all that they depend on, unpacked into FOLDER.
fetch_prefix() {
  local folder="$1" count=0 total
  shift
  rm -rf "$folder" "$APT/archives"
  mkdir -p "$folder" "$APT/archives/partial"
  apt_private apt-get install --download-only --yes "$@"
  total=$(ls "$APT"/archives/*.deb | wc -l)
  for package in "$APT"/archives/*.deb; do
    count=$((count + 1))
    echo "unpacking $count of $total: $(basename "$package")"
    dpkg-deb -x "$package" "$folder"
  done
}

# relink PREFIX: every program and library of PREFIX finds its loader and libraries there. --force-rpath matters: RUNPATH
# is not searched for the libraries of libraries.
relink() {
  local prefix="$1" triple loader rpath llvm
  triple="$(basename "$(dirname "$(ls "$prefix"/usr/lib/*/libc.so.6 | head -n 1)")")"
  loader="$(ls "$prefix/usr/lib/$triple"/ld-linux*.so.* | head -n 1)"
  rpath="$prefix/usr/lib/$triple"
  for llvm in "$prefix"/usr/lib/llvm-*/lib; do [[ -d $llvm ]] && rpath="$rpath:$llvm"; done
  echo "relinking to $loader"
  find "$prefix/usr/bin" "$prefix"/usr/lib/llvm-*/bin -type f -perm -u+x 2>/dev/null | while read -r file; do
    is_elf "$file" && "$PATCHELF" --print-interpreter "$file" >/dev/null 2>&1 &&
      "$PATCHELF" --set-interpreter "$loader" --force-rpath --set-rpath "$rpath" "$file"
  done || true
  find "$prefix/usr/lib/$triple" "$prefix"/usr/lib/llvm-*/lib -maxdepth 1 -type f -name '*.so*' 2>/dev/null | while read -r file; do
    case "$(basename "$file")" in ld-linux* | libc.so* | libc-*) continue ;; esac
    is_elf "$file" && "$PATCHELF" --force-rpath --set-rpath "$rpath" "$file"
  done || true
}

is_elf() { [[ "$(head -c 4 "$1" | tr -d '\0')" == $'\x7fELF' ]]; }
