#!/bin/sh
# The sweep job example runs as it stands; its outputs are each trial's own.
set -eu
cp -R "$TEST_ROOT/examples/sweepjob" work
hdrive validate work/sweep.yml >said 2>&1
[ "$(cat said)" = 'work/sweep.yml: OK' ]
hdrive submit --name cubic --set limits.max_total_trials=8 work/sweep.yml
hdrive best cubic --format args >best
grep -q -e '--rate 0\.[0-9]* --method momentum --decay 0\.[0-9]*' best
grep -q '"weights"' "$(hdrive best cubic --output-path model)/model.json"
[ "$(find . -name model.json | wc -l)" -ge 1 ]
hdrive show cubic | grep -q 'display_name = cubic'
