#!/bin/sh
. "$TEST_ROOT/tests/support/docs.sh"

# A page of which nothing can be run here says so with "norun" at each block; one
# that wants a cluster has a script of its own in tests/cluster.
for file in "$TEST_ROOT"/docs/how-to/*.md; do
	[ ! -e "$TEST_ROOT/tests/cluster/test_page_$(basename "$file" .md).sh" ] || continue
	status=0
	page "${file#"$TEST_ROOT"/}" || status=$?
	[ $status = 0 ] || [ $status = 77 ] || fail "$file"
done
