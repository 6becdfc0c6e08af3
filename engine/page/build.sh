#!/bin/sh
# build.sh OUT DYGRAPHS: the page as the files that hdrive-ui has inside.
#
# OUT gets index.html, page.css and page.js, made by esbuild of this folder's
# index.html, style.css and main.js with all that these import, and the last two
# compressed beside them. In a module "dygraphs" is the library in the folder
# DYGRAPHS (Debian's, or that of its npm package), in a style "dygraphs.css" its
# own. ESBUILD may name the program.
set -eu

here=$(dirname "$0")
out=$1
dygraphs=$2
esbuild=${ESBUILD:-esbuild}
# All of it is to be there before anybody waits, over a slow line too.
bytes_most=300000

fail() {
	echo "page: $*" >&2
	exit 1
}

command -v "$esbuild" >/dev/null ||
	fail "no '$esbuild' here: 'make deps' installs it, ESBUILD= names another"
[ -e "$dygraphs/src/dygraph.js" ] ||
	fail "no dygraphs in '$dygraphs': 'make deps' installs it, DYGRAPHS= names another"
css=$dygraphs/dygraph.css
[ -e "$css" ] || css=$dygraphs/dist/dygraph.css

mkdir -p "$out"
"$esbuild" "$here/main.js" --bundle --minify --target=es2020 --charset=utf8 \
	--log-level=warning --define:process.env.NODE_ENV='"production"' \
	--alias:dygraphs="$dygraphs/src/dygraph.js" --outfile="$out/page.js"
"$esbuild" "$here/style.css" --bundle --minify --target=es2020 --charset=utf8 \
	--log-level=warning --alias:dygraphs.css="$css" --outfile="$out/page.css"
cp "$here/index.html" "$out/index.html"

# A report has all three in one file: what stands for the others is found by
# these lines, and nothing within ends what is put there.
for line in '<link rel="stylesheet" href="page.css">' \
	'<script src="page.js" defer></script>'; do
	[ "$(grep -cFx "$line" "$out/index.html")" = 1 ] ||
		fail "index.html must have the line '$line' once"
done
for part in '</script' '<script' '<!--'; do
	! grep -qiF "$part" "$out/page.js" || fail "'$part' in page.js would end it in a report"
done
! grep -qiF '</style' "$out/page.css" || fail "'</style' in page.css would end it in a report"

# Before the compressed ones are, which do not count.
rm -f "$out"/*.gz
bytes=$(cat "$out/index.html" "$out/page.css" "$out/page.js" | wc -c)
[ "$bytes" -le $bytes_most ] || fail "$bytes bytes in all, at most $bytes_most are to be"
gzip -9nk "$out/page.css" "$out/page.js"
