#!/bin/sh
# run.sh BUILD [--needed]: the tests of the page, of its modules alone and in a
# browser. What is not there skips them, or fails with --needed. The last line is
# "N passed, N failed". PAGE=short: without the claims that tests/browser/long names,
# as in `make test`.
set -u

build=$1
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
TEST_BUILD=$build
export TEST_BUILD
missing=

[ -x "${CHROMIUM-/usr/bin/chromium}" ] || missing="chromium"
[ -d "$root/build/browser/node_modules/playwright-core" ] || missing="$missing playwright-core"
command -v node >/dev/null 2>&1 || missing="$missing node"
if [ -n "$missing" ]; then
	echo "skipped 1: no$missing here for the tests of the page: make deps-browser"
	echo '0 passed, 0 failed'
	[ "${2-}" != --needed ]
	exit
fi

log=$build/tests/browser
rm -rf "$log"
mkdir -p "$log"
passed=0 failed=0

# part NAME ARGUMENT...: node's tests, counted.
part() {
	name=$1
	shift
	node --test-reporter="$here/support/reporter.mjs" "$@" >"$log/$name.log" 2>&1 </dev/null
	status=$?
	line=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$log/$name.log")
	if [ -z "$line" ] || { [ "$status" != 0 ] && [ "${line#* }" = 0 ]; }; then
		line="${line%% *} 1"
		[ "$line" != ' 1' ] || line='0 1'
	fi
	passed=$((passed + ${line% *}))
	failed=$((failed + ${line#* }))
	if [ -n "${TIMES-}" ] || [ "${line#* }" != 0 ]; then
		cat "$log/$name.log"
	fi
}

set -- "$here"/unit/*.test.mjs
[ ! -e "$1" ] || part unit --test "$@"
part page "$here/main.mjs"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
