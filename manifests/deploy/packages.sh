#!/usr/bin/env bash
# Installs the Debian packages that Sandpiper stands on, and nothing that is already here.
#   packages.sh run    what `make demo` and `sandpiper serve` on a host need
#   packages.sh test   that, and what the tests need besides
set -euo pipefail

# command:package. An engine or proxy that is already installed some other way is left alone.
run=(dockerd:docker.io haproxy:haproxy mmdebstrap:mmdebstrap iptables:iptables)
# The folder is where the package puts its binaries, off the PATH.
test=("${run[@]}" chromium:chromium caddy:caddy node:nodejs npm:npm
      /usr/lib/postgresql/15/bin/initdb:postgresql-15
      /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf:fonts-noto-color-emoji)

here() {
    case "$1" in
        /*) [ -e "$1" ] ;;
        *) command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] ;;
    esac
}

case "${1:-run}" in
    run) wanted=("${run[@]}") ;;
    test) wanted=("${test[@]}") ;;
    *) echo "usage: packages.sh run|test" >&2; exit 2 ;;
esac

missing=()
for pair in "${wanted[@]}"; do
    here "${pair%%:*}" || missing+=("${pair##*:}")
done
# venv is a module of Python's, in a package of its own on Debian.
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "Sandpiper needs these, and this is not a Debian system: ${missing[*]}. Install them and try again." >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Run this as root (or install sudo): it has to install ${missing[*]}." >&2; exit 1; }
    as_root=(sudo)
fi
echo "» Installing from Debian: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# Services are started by us, by hand: no package may start one of its own.
install() { "${as_root[@]}" env RUNLEVEL=1 apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "${missing[@]}"; }
if ! { "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 update -q && install; } >"$log" 2>&1; then
    tail -20 "$log" >&2
    echo "Installing failed; the whole output is in $log." >&2
    exit 1
fi
rm -f "$log"
