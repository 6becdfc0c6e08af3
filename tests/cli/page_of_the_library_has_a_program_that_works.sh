#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

page=$TEST_ROOT/docs/man/libhdrive.3
sed -n '/^\.Sh EXAMPLES/,$p' "$page" | sed -n '/^\.Bd -literal/,/^\.Ed/p' |
	sed '/^\.[BE]d/d;s/\\e/\\/g' >program.c
sanitize=
[ "${TEST_BUILD##*/}" != address ] || sanitize=-fsanitize=address,undefined
# shellcheck disable=SC2086
cc -std=c17 -Wall -Wextra -Werror -pedantic $sanitize -I"$TEST_ROOT/include" program.c \
	-L"$TEST_BUILD" -Wl,-rpath,"$TEST_BUILD" -lhdrive -lm -o program
code 0 ./program
has out '^best 0\.0[0-9]* (#[0-9]*)$'

# What the page names is there: functions, headers, constants.
grep 'Fn ' "$page" | grep -o 'hd_[a-z_]*' | sort -u >named
[ "$(wc -l <named)" -ge 12 ] || fail 'those are not all functions'
while read -r name; do
	grep -q "\<$name(" "$TEST_ROOT"/include/hdrive/*.h || fail "no function $name"
done <named
sed -n 's/.*In \(hdrive[a-z/]*\.h\).*/\1/p' "$page" | sort -u >named
while read -r name; do
	[ -f "$TEST_ROOT/include/$name" ] || fail "no header $name"
done <named
