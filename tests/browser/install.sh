#!/bin/sh
# install.sh FOLDER: what the tests of the page need, as package.json has it, into
# FOLDER/node_modules. A browser and node are of the system's packages; where node
# came without npm, or npm with node, each is left as it is.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=$1
packages=
[ -x "${CHROMIUM-/usr/bin/chromium}" ] || packages="$packages chromium"
command -v node >/dev/null 2>&1 || packages="$packages nodejs"
command -v npm >/dev/null 2>&1 || packages="$packages npm"
# Its pages need letters.
# shellcheck disable=SC2086
"$here/../support/deps.sh" fonts-dejavu-core $packages

for tool in node npm; do
	command -v $tool >/dev/null 2>&1 || {
		echo "$tool is needed for the tests of the page" >&2
		exit 1
	}
done
mkdir -p "$folder"
if [ -d "$folder/node_modules" ] &&
	cmp -s "$here/package-lock.json" "$folder/package-lock.json"; then
	exit 0
fi
# The lock file comes last: it says that the rest is there.
rm -rf "$folder/node_modules" "$folder/package-lock.json"
for file in package.json .npmrc package-lock.json; do
	cp "$here/$file" "$folder/"
done
if ! (cd "$folder" && npm ci --prefer-offline >npm.log 2>&1); then
	tail -n 20 "$folder/npm.log" >&2
	rm -f "$folder/package-lock.json"
	echo "npm could not install what tests/browser/package.json names" >&2
	exit 1
fi
