#!/bin/sh
# The shell example: a sh and awk program under a minimising sweep.
set -eu
cp -R "$TEST_ROOT/examples/shell" work
cd work
sh tour.sh >first
sh tour.sh >second
cmp first second
[ "$(wc -l <first)" = 30 ]

hdrive submit --seed 1 --name tours --set max_total_runs=12 sweep.yml -- sh tour.sh
hdrive best tours --format args >best
grep -q -e '--temperature [0-9.]* --cooling 0\.[0-9]*' best

# What the best trial is said to have reached is in its log, and the least.
least=$(cat .hdrive/tours/[0-9]*/stdout |
	sed -n 's/.*length=\([0-9.]*\) .*/\1/p' | sort -n | head -n 1)
hdrive best tours | grep -q -F "${least%0}"
