#!/bin/sh
# A controller that is killed right after sbatch forgets the job, kills what it finds
# of it and gives its id to the next: the trial runs once more, and no other job is
# taken for its own.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up
lab_target

sweep total=4 concurrent=4
learner 1
OUT=$PWD/flags
mkdir flags
export OUT
shim sbatch <<'END'
"$REAL" "$@" || exit
mkdir "$OUT/once" 2>/dev/null || exit 0
sleep 0.3
"$TEST_ROOT/tests/cluster/slurm.sh" kill ctl
sleep 1
"$TEST_ROOT/tests/cluster/slurm.sh" start ctl
END
engine submit sweep.yml --name s --seed 3 --no-smoke --backend lab -- ./learner
within 30 test -d flags/once
# Others come, and get the ids that were given already.
sleep 2
for _ in 1 2 3; do
	sbatch --parsable --mem=10M --output=/dev/null --wrap 'sleep 1' >/dev/null 2>&1 || :
done
done_well
completed 4 s
counted s
attempts s >again
[ "$(grep -vc ' 1 lost$' again)" = 0 ] || fail "$(cat again)"
nothing_left
