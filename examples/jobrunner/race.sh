#!/bin/sh
# race.sh --rate R: a loss that sinks to |R - 0.4| in eight steps.
for step in 1 2 3 4 5 6 7 8; do
	awk -v rate="$2" -v step="$step" 'BEGIN {
		d = rate - 0.4; if (d < 0) d = -d
		printf "loss=%.6f\n", d + 0.1 / step }'
	sleep "${RACE_STEP:-0.1}"
done
