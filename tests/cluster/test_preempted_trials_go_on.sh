#!/bin/sh
# A partition whose jobs have to leave for others': the trial goes on by another
# attempt, from its checkpoint, and that is no failure; whether Slurm would have queued
# the job again or not.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up NODES=1 CPUS=2
code 0 hdrive target add queued slurm partition=low memory=50M requeue_delay=1 submit_rate=50
code 0 hdrive target add ended slurm partition=lowk memory=50M requeue_delay=1 submit_rate=50

sweep total=2 concurrent=2
script prog <<'END'
from=$(cat "$HDRIVE_CHECKPOINTS/step" 2>/dev/null || echo 0)
for step in $(seq $((from + 1)) 5); do
	sleep 1
	echo $step >"$HDRIVE_CHECKPOINTS/step"
	echo acc=0.$step
done
END
for target in queued ended; do
	engine submit sweep.yml --name $target --seed 3 --no-smoke --max-failures 1 \
		--backend $target -- ./prog
	within 30 logged 4 $target
	sbatch --partition=high --exclusive --mem=10M --output=/dev/null --wrap 'sleep 2' >/dev/null
	done_well
	attempts $target >again
	same "$(grep -c ' 1 preempted$' again)" 2
	same "$(wc -l <again)" 2
	counted $target
	# What the first attempts had logged they need not log again.
	for trial in .hdrive/$target/00000[01]; do
		[ "$(grep -c acc= "$trial/stdout")" -lt 5 ] || fail "$trial began anew"
	done
	nothing_left
done
