# Sourced by quickstart and check: says which Debian packages are missing and installs them.
# shellcheck shell=sh

# shellcheck disable=SC2034 # its users read it
BUILD_PACKAGES="gcc libc6-dev make autoconf automake libtool pkg-config check libcjson-dev libcurl4-openssl-dev libunistring-dev libyaml-dev \
libcmark-gfm-dev libcmark-gfm-extensions-dev libsqlite3-dev libssl-dev zlib1g-dev libzstd-dev libxgboost-dev"

# missing_packages PACKAGE...: prints those that are not installed.
missing_packages() {
    for package in "$@"; do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        "install ok installed") ;;
        *) printf ' %s' "$package" ;;
        esac
    done
}

# need_packages PACKAGE...: installs what is missing, as root or through sudo; else says the one line
# that would, and ends with 2.
need_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        echo "This is not Debian: please install by hand what these Debian packages hold: $*" >&2
        return 0
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        run=
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        run="sudo -n"
    else
        echo "Packages are missing, and this account may not install them. As root, run:" >&2
        echo "  apt-get update && apt-get install -y --no-install-recommends$missing" >&2
        exit 2
    fi
    echo "Installing$missing"
    # shellcheck disable=SC2086
    $run env DEBIAN_FRONTEND=noninteractive apt-get -qq update
    # shellcheck disable=SC2086
    $run env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing \
        >/dev/null || {
        echo "apt-get could not install them; its own words are above." >&2
        exit 2
    }
}
