#!/bin/sh
. "$TEST_ROOT/tests/support/docs.sh"

# A page of which nothing can be run here says so with "norun" at each block.
for file in "$TEST_ROOT"/docs/how-to/*.md; do
	status=0
	page "${file#"$TEST_ROOT"/}" || status=$?
	[ $status = 0 ] || [ $status = 77 ] || fail "$file"
done
