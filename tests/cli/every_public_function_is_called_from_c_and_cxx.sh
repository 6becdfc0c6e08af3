#!/bin/sh
# What lint looks for in the sources, here by what the compilers made of them.
. "$TEST_ROOT/tests/support/cli.sh"

"$TEST_ROOT/engine/package/exports.sh" "$TEST_ROOT"/include/hdrive/*.h >public
[ "$(wc -l <public)" -gt 200 ] || fail 'that is not the whole interface'
for language in c cxx; do
	# C++ would have mangled what a header forgets to declare as C's.
	nm -u "$TEST_BUILD/obj/tests/api/$language"/*.o |
		awk '$1 == "U" && $2 ~ /^hd_/ { print $2 }' | LC_ALL=C sort -u >called
	LC_ALL=C comm -23 public called >missing
	[ ! -s missing ] || fail "not called in $language: $(cat missing); see tests/api"
done
