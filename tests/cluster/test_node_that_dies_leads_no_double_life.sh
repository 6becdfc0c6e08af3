#!/bin/sh
# A node that is not heard of any more: Slurm takes its jobs for failed, though their
# programs run on. Each trial of it begins again elsewhere, and the earlier life ends
# itself, without a word that counts.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up NODE_TIMEOUT=4
lab_target

sweep total=6 concurrent=6
# Each life tells by a file when it began and that it goes on; second ones are short.
script prog <<'END'
date +%s >"$HDRIVE_DIR/began-$HDRIVE_ATTEMPT"
turns=$((HDRIVE_ATTEMPT == 1 ? 8 : 1))
for step in 1 2 3 4 5; do
	echo acc=0.$step$2
	for _ in $(seq $turns); do
		sleep 1
		date +%s >"$HDRIVE_DIR/life-$HDRIVE_ATTEMPT"
	done
done
END
engine submit sweep.yml --name s --seed 3 --no-smoke --backend lab -- ./prog
within 30 began 6 s
node=$(squeue -h -r -t R -o %N | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
slurm kill "$node"
done_well
completed 6 s
counted s
attempts s >again
[ -s again ] || fail 'no trial was on the node'
[ "$(grep -vc ' 1 lost$' again)" = 0 ] || fail "$(cat again)"
# The first lives went no further than some seconds into the second ones.
for began in .hdrive/s/*/began-2; do
	first=$(cat "$(dirname "$began")/life-1")
	[ "$first" -le $(($(cat "$began") + 5)) ] || fail "$began: the first was there at $first"
done
slurm start "$node"
nothing_left
