# Sourced by the commands beside it, from the root of the checkout. Makes sure that system packages and the
# Python environment (.venv, from uv.lock) are there; takes a few milliseconds when nothing changed.
# NEED="runtime" or "runtime browser" says which system packages are wanted.
set -eu
umask 022

say() { printf '%s\n' "$*" >&2; }

# A Python is probed by running it: a version manager's shim may exist and still fail.
find_python() {
    for candidate in .venv/bin/python python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
}

has_library() {
    ldconfig -p 2>/dev/null | grep -q "$1" || [ -n "$(find /lib /usr/lib -name "$1*" -print -quit 2>/dev/null)" ]
}

find_browser() {
    for candidate in "${CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
}

missing_packages() {
    [ -n "$(find_python)" ] || echo python3 python3-venv
    has_library libpango-1.0.so.0 || echo libpango-1.0-0
    has_library libpangoft2-1.0.so.0 || echo libpangoft2-1.0-0
    case "$NEED" in
    *browser*)
        has_library libatomic.so.1 || echo libatomic1
        [ -n "$(find_browser)" ] || echo chromium-headless-shell
        ;;
    esac
}

install_packages() {
    as_root=""
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
            as_root=sudo
        else
            say "Missing system packages. As root: apt-get install -y --no-install-recommends $*"
            exit 1
        fi
    fi
    if ! command -v apt-get >/dev/null 2>&1; then
        say "Missing system packages, and there is no apt-get here to install them: $*"
        exit 1
    fi
    say "Installing system packages: $*"
    log=$(mktemp)
    # shellcheck disable=SC2086
    if ! { $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        say "apt-get could not install: $*"
        exit 1
    fi
    rm -f "$log"
}

set_up() {
    packages=$(missing_packages | tr '\n' ' ')
    # shellcheck disable=SC2086
    [ -z "$packages" ] || install_packages $packages
    python=$(find_python)
    if [ -z "$python" ]; then
        say "Python 3.11 or newer with venv is needed (Debian, Ubuntu: apt-get install python3 python3-venv)."
        exit 1
    fi
    base=$("$python" -c 'import sys; print(sys._base_executable)')
    if ! .uv/bin/uv --version 2>/dev/null | grep -qF "uv $(sed -n 's/^uv==\([0-9.]*\).*/\1/p' bin/uv.txt)"; then
        say "Preparing the package manager …"
        "$base" -m venv --clear .uv/venv
        .uv/venv/bin/pip install -q --disable-pip-version-check --no-deps --require-hashes -r bin/uv.txt
        mkdir -p .uv/bin
        ln -sf ../venv/bin/uv .uv/bin/uv
    fi
    [ -x .venv/bin/python ] || say "Preparing the Python environment …"
    UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 VIRTUAL_ENV= .uv/bin/uv sync -q --frozen --python "$base"
}

# One stamp per set of needs, named by what it was made from: a changed lock file makes it stale.
stamp=".uv/ready-$(echo "$NEED" | tr ' ' '-')-$(cat uv.lock bin/boot.sh bin/uv.txt | cksum | tr ' ' '-')"
if ! { [ -e "$stamp" ] && [ -x .venv/bin/python ]; }; then
    mkdir -p .uv
    exec 9>.uv/lock
    flock 9
    if ! { [ -e "$stamp" ] && [ -x .venv/bin/python ]; }; then
        set_up
        rm -f .uv/ready-"$(echo "$NEED" | tr ' ' '-')"-[0-9]*
        : >"$stamp"
    fi
    exec 9>&-
fi
case "$NEED" in *browser*) CHROMIUM=$(find_browser) && export CHROMIUM ;; esac
PATH="$PWD/.venv/bin:$PATH"
export PATH PYTHONUNBUFFERED=1
unset VIRTUAL_ENV PYTHONHOME
