#!/bin/sh
# Install the Debian packages named as arguments that are not there yet.
# On other systems, say what is needed and go on: the compiler will tell.
set -eu

if ! command -v dpkg-query >/dev/null 2>&1; then
	echo "not a Debian system; needed, by Debian's names:" "$@" >&2
	exit 0
fi

missing=
for package in "$@"; do
	state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) || state=
	[ "$state" = "install ok installed" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

run=
if [ "$(id -u)" != 0 ]; then
	run=sudo
	command -v sudo >/dev/null 2>&1 || {
		echo "as root, run: apt-get install -y$missing" >&2
		exit 1
	}
fi
echo "installing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install_missing() {
	# shellcheck disable=SC2086
	$run env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends $missing >"$log" 2>&1
}
if ! install_missing; then
	# The lists may be old or absent.
	$run apt-get update >"$log" 2>&1 && install_missing || {
		tail -n 20 "$log" >&2
		exit 1
	}
fi
