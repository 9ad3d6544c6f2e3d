# Sourced by scripts/test and scripts/demo: sets up what they need, quietly, and only when something changed.
# Each need_* either returns with the thing in place or ends the caller with one sentence that says what to do.
# Written for bash 3.2, so that macOS's own bash reads it too.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
CACHE="$ROOT/.cache"
LOGS="$CACHE/logs"
VENV="$ROOT/.venv"
SUPABASE_VERSION="3.1.0"
mkdir -p "$LOGS"

say() { printf '%s\n' "$*"; }

refuse() {
  printf '%s\n' "$*" >&2
  exit 1
}

# quietly LABEL COMMAND… : silent when it works; when it fails, its whole output and its exit code.
quietly() {
  local label="$1" log code=0
  shift
  log="$LOGS/$label.log"
  "$@" >"$log" 2>&1 </dev/null || code=$?
  if [ "$code" -ne 0 ]; then
    cat "$log" >&2
    say "$label failed (exit $code): $*" >&2
  fi
  return "$code"
}

digest() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -c 1-64
}

is_stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# need_python : sets PYTHON to an interpreter of 3.11 or newer that can make virtual environments.
need_python() {
  local name found=""
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    command -v "$name" >/dev/null || continue
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    found="$name"
    "$name" -c 'import ensurepip, venv' 2>/dev/null || continue
    PYTHON="$(command -v "$name")"
    return
  done
  [ -z "$found" ] || refuse "$found cannot make virtual environments; install the part that can: sudo apt-get install ${found}-venv"
  refuse "Omnify needs Python 3.11 or newer; install it with: sudo apt-get install python3 python3-venv"
}

need_node() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    refuse "Omnify needs Node 20 or newer with npm; install it with: sudo apt-get install nodejs npm"
  fi
  node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' ||
    refuse "Omnify needs Node 20 or newer and found $(node --version); install a newer one with: sudo apt-get install nodejs npm (Debian 13, Ubuntu 25.10 or later)"
}

# one_at_a_time IS_READY MAKE [ARGUMENT] : makes what is not ready, unless somebody else in this folder has made it by then.
# The kernel ends a turn with its process. Without flock (macOS) nobody waits for anybody.
one_at_a_time() {
  local is_ready="$1" make="$2"
  shift 2
  "$is_ready" "$@" && return
  if command -v flock >/dev/null; then
    exec 9>"$CACHE/setup-lock"
    flock -n 9 || { say "Another command is setting this folder up; waiting for it …" && flock 9; }
    "$is_ready" "$@" || "$make" "$@"
    exec 9>&-
  else
    "$make" "$@"
  fi
}

# need_venv tests|scripts : .venv with that folder's requirements.txt, reinstalled only when a requirement file changed.
# tests contains scripts, so an environment for tests also serves the demo.
need_venv() {
  need_python
  one_at_a_time is_venv_ready make_venv "$1"
}

venv_stamp() {
  { cat "$ROOT/requirements.txt" "$ROOT/scripts/requirements.txt" "$ROOT/tests/requirements.txt"; "$PYTHON" --version; } | digest
}

is_venv_ready() {
  local wanted
  wanted="$(venv_stamp)"
  has_pip || return 1
  is_stamped "$VENV/.omnify-tests" "$wanted" || { [ "$1" = scripts ] && is_stamped "$VENV/.omnify-scripts" "$wanted"; }
}

has_pip() {
  local before code=0
  # Ctrl-C in the middle of the question is no answer to it: what is there must not be cleared for it.
  before="$(trap -p INT)"
  trap 'exit 130' INT
  "$VENV/bin/python" -c 'import pip' 2>/dev/null || code=$?
  eval "${before:-trap - INT}"
  return "$code"
}

make_venv() {
  local folder="$1"
  if ! has_pip; then
    [ ! -L "$VENV" ] || refuse "$VENV is a link to an environment that does not work; take the link away, and one is made here."
    quietly make-venv "$PYTHON" -m venv --clear "$VENV" || exit 1
  fi
  say "Installing $folder/requirements.txt into .venv (once, about a minute) …"
  quietly pip-install "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input \
    -r "$ROOT/$folder/requirements.txt" || exit 1
  printf '%s' "$(venv_stamp)" >"$VENV/.omnify-$folder"
}

has_chromium() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }

has_emoji_font() {
  [ -e /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf ] && return
  # No pipe into grep -q: under pipefail the broken pipe would read as "no font".
  case "$(fc-list 2>/dev/null || true)" in *"Color Emoji"*) return 0 ;; esac
  return 1
}

has_postgresql() { command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }

# need_system_packages : what the browser and database tests take from the distribution.
need_system_packages() {
  local missing=""
  has_chromium || missing="$missing chromium"
  has_emoji_font || [ "$(uname)" = Darwin ] || missing="$missing fonts-noto-color-emoji"
  has_postgresql || missing="$missing postgresql"
  missing="${missing# }"
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || refuse "The tests need these, please install them with your system's package manager: $missing"
  [ "$(id -u)" -eq 0 ] || refuse "The tests need packages of your distribution: sudo apt-get update && sudo apt-get install $missing"
  # PostgreSQL's package would make and start a cluster of its own; only its programs are wanted. An owner's file is left alone.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    printf 'create_main_cluster = false\n' >/etc/postgresql-common/createcluster.conf
  fi
  say "Installing $missing (once) …"
  quietly apt-update apt-get update || exit 1
  # shellcheck disable=SC2086  # a list of package names
  quietly apt-install env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 \
    apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold $missing || exit 1
}

dashboard_sources() {
  (
    cd "$ROOT/dashboard" &&
      find . \( -name node_modules -o -name dist -o -name '*.tsbuildinfo' \) -prune -o -type f -print | LC_ALL=C sort |
      while IFS= read -r file; do printf '%s ' "$file" && digest <"$file"; done | digest
  )
}

# need_dashboard_packages : dashboard/node_modules, by npm ci when the lock file changed.
need_dashboard_packages() {
  need_node
  one_at_a_time are_packages_ready make_packages
}

packages_stamp() { { cat "$ROOT/dashboard/package.json" "$ROOT/dashboard/package-lock.json"; node --version; } | digest; }

are_packages_ready() {
  [ -d "$ROOT/dashboard/node_modules" ] && is_stamped "$CACHE/dashboard-packages" "$(packages_stamp)"
}

make_packages() {
  say "Installing the dashboard's packages (once, about half a minute) …"
  quietly npm-ci npm --prefix "$ROOT/dashboard" ci --no-audit --no-fund || exit 1
  printf '%s' "$(packages_stamp)" >"$CACHE/dashboard-packages"
}

# need_dashboard : dashboard/dist, built again when a source file changed.
need_dashboard() {
  need_dashboard_packages
  one_at_a_time is_dashboard_ready make_dashboard
}

is_dashboard_ready() {
  [ -f "$ROOT/dashboard/dist/index.html" ] && is_stamped "$CACHE/dashboard-build" "$(dashboard_sources)"
}

make_dashboard() {
  local stamp="$CACHE/dashboard-build"
  quietly dashboard-build npm --prefix "$ROOT/dashboard" run build || exit 1
  # Taken after the build, because the build may write generated sources.
  dashboard_sources >"$stamp.new"
  printf '%s' "$(cat "$stamp.new")" >"$stamp"
  rm -f "$stamp.new"
}

# need_supabase_cli : the Supabase CLI as a plain program; the database tests prove that it and `omnify migrate` agree.
need_supabase_cli() {
  need_node
  one_at_a_time is_supabase_cli_ready make_supabase_cli
}

is_supabase_cli_ready() {
  local folder="$CACHE/supabase-cli"
  [ -x "$folder/node_modules/.bin/supabase" ] && is_stamped "$folder/version" "$SUPABASE_VERSION"
}

make_supabase_cli() {
  local folder="$CACHE/supabase-cli"
  mkdir -p "$folder"
  quietly supabase-cli npm install --prefix "$folder" --no-audit --no-fund "supabase@$SUPABASE_VERSION" || exit 1
  printf '%s' "$SUPABASE_VERSION" >"$folder/version"
}

has_npm_script() {
  node -e 'process.exit(require(process.argv[1]).scripts?.[process.argv[2]] ? 0 : 1)' "$ROOT/dashboard/package.json" "$1"
}
