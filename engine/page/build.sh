#!/bin/sh
# build.sh OUT DYGRAPHS: the page as the files that hdrive-ui has inside.
#
# OUT gets index.html, page.css, page.js and rest.js, made by esbuild of this
# folder's index.html, style.css, main.js and rest.js with all that these import,
# and the last three compressed beside them. In a module "dygraphs" is the library in the folder
# DYGRAPHS (Debian's, or that of its npm package), in a style "dygraphs.css" its
# own. ESBUILD may name the program.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
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

# What of dygraphs nobody asks for is empty: a fifth of it.
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$dygraphs/src" "$work/dygraphs"
for part in plugins/annotations plugins/chart-labels plugins/legend plugins/range-selector \
	datahandler/bars datahandler/bars-custom datahandler/bars-error datahandler/bars-fractions \
	datahandler/default-fractions dygraph-gviz; do
	[ -e "$work/dygraphs/$part.js" ] || fail "dygraphs has no '$part.js'"
	echo 'export default class {}' >"$work/dygraphs/$part.js"
done

script() {
	name=$1
	shift
	"$esbuild" "$here/$name" --bundle --minify --target=es2020 --charset=utf8 \
		--log-level=warning --define:process.env.NODE_ENV='"production"' "$@"
}
script main.js --metafile="$work/page.json" --outfile="$out/page.js"

# rest.js gets from later.js what is named there, and has nothing else of page.js.
shared=$(sed -n 's,^import \* as .* from "\./\(.*\)";$,\1,p' "$here/later.js")
set --
for module in $shared; do
	set -- "$@" --external:"$here/$module"
done
script rest.js --format=cjs --alias:dygraphs="$work/dygraphs/dygraph.js" \
	--banner:js='window.hdriveRest=require=>{var module={};' \
	--footer:js='return module.exports};' \
	--metafile="$work/rest.json" --outfile="$work/rest.js" "$@"
# By its name alone, wherever this folder is.
sed 's,require("[^"]*/\([^/"]*\)\.js"),require("\1"),g' "$work/rest.js" >"$out/rest.js"
inputs() {
	grep -o "^    \"[^\"]*$(basename "$here")/[^\"]*\.js\": {" "$1" | sort
}
inputs "$work/page.json" >"$work/page"
inputs "$work/rest.json" >"$work/rest"
[ -s "$work/rest" ] || fail "what rest.js is made of is not told"
both=$(comm -12 "$work/page" "$work/rest" | tr -d ' :{\n')
[ -z "$both" ] || fail "in page.js and in rest.js, but not shared in later.js: $both"

"$esbuild" "$here/style.css" --bundle --minify --target=es2020 --charset=utf8 \
	--log-level=warning --alias:dygraphs.css="$css" --outfile="$out/page.css"
cp "$here/index.html" "$out/index.html"

# A report has all of them in one file: what stands for the others is found by
# these lines, and nothing within ends what is put there.
for line in '<link rel="stylesheet" href="page.css">' \
	'<script src="page.js" defer></script>'; do
	[ "$(grep -cFx "$line" "$out/index.html")" = 1 ] ||
		fail "index.html must have the line '$line' once"
done
for part in '</script' '<script' '<!--'; do
	for file in page.js rest.js; do
		! grep -qiF "$part" "$out/$file" || fail "'$part' in $file would end it in a report"
	done
done
! grep -qiF '</style' "$out/page.css" || fail "'</style' in page.css would end it in a report"

# Before the compressed ones are, which do not count.
rm -f "$out"/*.gz
bytes=$(cat "$out/index.html" "$out/page.css" "$out/page.js" "$out/rest.js" | wc -c)
[ "$bytes" -le $bytes_most ] || fail "$bytes bytes in all, at most $bytes_most are to be"
gzip -9nk "$out/page.css" "$out/page.js" "$out/rest.js"
