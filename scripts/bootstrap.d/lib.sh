# Steps with stamps, progress and errors that say what to do. Sourced by scripts/bootstrap.

say() { printf 'bootstrap: %s\n' "$*"; }
fail() { printf 'bootstrap: FAILED: %s\n' "$1" >&2; shift; printf '  %s\n' "$@" >&2; exit 1; }
digest() { printf '%s' "$*" | sha256sum | cut -c1-12; }

# step STAMP LABEL FUNCTION [WORD...]: runs FUNCTION unless STAMP is there. Its output goes to a log; a failure shows the log's end.
# A function that knows what to do about a failure says so in lines that start with "hint: ".
step() {
  local stamp="$CACHE/stamps/$1" label="$2" log="$CACHE/logs/$1.log" started=$SECONDS status=0
  shift 2
  [[ -e $stamp ]] && return 0
  say "$label ..."
  (set -euo pipefail; "$@") >"$log" 2>&1 9>&- &
  local worker=$!
  trap 'pkill -TERM -P '"$worker"'; kill '"$worker"'; fail "$label" "interrupted; run scripts/bootstrap again to go on"' INT TERM
  while kill -0 "$worker" 2>/dev/null; do
    sleep 0.2
    if ((SECONDS - started >= 15 && (SECONDS - started) % 15 == 0)); then
      say "  still at it after $((SECONDS - started)) s: $(progress_line "$log")"
      sleep 1
    fi
  done
  wait "$worker" || status=$?
  trap - INT TERM
  if ((status != 0)); then
    { tail -n 15 "$log" | sed 's/^/  | /'; } >&2
    local hints
    hints="$(sed -n 's/^hint: //p' "$log")"
    fail "$label" "${hints:-Run scripts/bootstrap again; finished steps are kept. It needs the package mirror and the npm registry of this machine.}" "Whole log: $log"
  fi
  touch "$stamp"
  say "$label: done in $((SECONDS - started)) s"
}

progress_line() { tail -c 400 "$1" | tr '\r' '\n' | grep -v '^ *$' | tail -n 1 | cut -c1-100; }

# Fields of deps.lock.
lock_row() { awk -v package="$1" '$2 == package' "$LOCK"; }
lock_digest() { digest "$(lock_row "$1") ${TRILENS_ACCEPT_NEWER:-}"; }
lock_version() { lock_row "$1" | awk '{ print $3 }'; }
short_version() { lock_version "$1" | sed 's/[+-].*//'; }

check_sum() { # FILE SHA256
  local got
  got="$(sha256sum "$1" | cut -d' ' -f1)"
  [[ $got == "$2" ]] || { echo "hint: $(basename "$1") has SHA-256 $got, but scripts/deps.lock says $2. Do not use it; if the mirror really has another file under this name, check it and change the lock."; return 1; }
}

require_programs() {
  local missing=() program needed=(c++ cmake tar xz sha256sum flock node)
  [[ $native_only == yes ]] || needed+=(npm python3)
  for program in "${needed[@]}"; do command -v "$program" >/dev/null || missing+=("$program"); done
  ((${#missing[@]} == 0)) || fail "missing on this machine: ${missing[*]}" \
    "On Debian: apt-get install g++ cmake xz-utils util-linux nodejs npm python3   (as root)"
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
    fail "Node $(node --version) is too old" "Node 20 or newer is needed: the scripts, Emscripten and the browser tests run on it."
}
