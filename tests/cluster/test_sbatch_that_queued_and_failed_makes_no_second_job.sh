#!/bin/sh
# sbatch may have queued a job and say that it has not: the job is found by its name,
# and there is no other.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up
lab_target

sweep total=4 concurrent=4
learner 0.3
# Each call queues, and each second one denies it.
shim sbatch <<'END'
for call in 1 2 3 4 5 6; do
	mkdir "$OUT/call$call" 2>/dev/null && break
done
"$REAL" "$@" >"$OUT/call$call/answer" || exit
[ $((call % 2)) = 0 ] || exec cat "$OUT/call$call/answer"
echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2
exit 1
END
OUT=$PWD/answers
mkdir answers
export OUT
code 0 hdrive submit sweep.yml --name s --seed 3 --no-smoke --backend lab -- ./learner
completed 4 s
counted s
same "$(attempts s)" ''
# One job a trial, and no name twice.
same "$(ls answers | wc -l)" 4
same "$(squeue -h -r -t all -o %j | sort | uniq -d)" ''
nothing_left
