#!/bin/sh
# deb.sh [--built FOLDER] OUT: Debian packages of this tree, into OUT.
#
# A copy of the tree is built below OUT by dpkg-buildpackage, from the files in
# engine/package/debian. The changelog has the version of the headers, the
# symbols file what libhdrive.abi says. --built: what was built in FOLDER is
# packaged, instead of building it once more with Debian's flags: for tests.
set -eu

built=
if [ "$1" = --built ]; then
	built=$2
	shift 2
fi
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
version=$(sed -n 's/^.define HD_VERSION "\(.*\)"$/\1/p' include/hdrive/version.h)
tree=$out/hdrive-$version

rm -rf "$tree"
mkdir -p "$tree"
tar -cf - Makefile README.md LICENSE engine samplers policies include examples docs \
	tests/support | tar -xf - -C "$tree"
cp -R engine/package/debian "$tree/debian"
if [ -n "$built" ]; then
	mkdir -p "$tree/build/release"
	tar -cf - -C "$built" --exclude=tests . | tar -xf - -C "$tree/build/release"
fi

if git rev-parse --verify -q HEAD >/dev/null 2>&1; then
	SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
else
	SOURCE_DATE_EPOCH=$(stat -c %Y include/hdrive/version.h)
fi
export SOURCE_DATE_EPOCH
cat >"$tree/debian/changelog" <<END
hdrive ($version-1) unstable; urgency=medium

  * Packages of hdrive $version, made by its own "make deb".

 -- $(sed -n 's/^Maintainer: //p' engine/package/debian/control)  $(
	LC_ALL=C date -R -u -d "@$SOURCE_DATE_EPOCH"
)
END
{
	echo 'libhdrive.so.0 libhdrive0 #MINVER#'
	awk '$1 == "symbol" {
		release = substr($3, length("HDRIVE_") + 1)
		node[$3] = " " $3 "@" $3 " " release ".0"
		print " " $2 "@" $3 " " release ".0"
	}
	END { for (each in node) print node[each] }' engine/package/libhdrive.abi | LC_ALL=C sort
} >"$tree/debian/libhdrive0.symbols"

cd "$tree"
# -d: its build dependencies are of no account; -nc: nor is it cleaned away.
if ! DEB_BUILD_OPTIONS="${built:+nostrip }parallel=$(nproc)" \
	dpkg-buildpackage ${built:+-d -nc} -b -us -uc >"$out/log" 2>&1; then
	tail -n 40 "$out/log" >&2
	exit 1
fi
rm -rf "$tree"
ls "$out"/*.deb
