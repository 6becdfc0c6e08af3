#!/bin/sh
# While one call of sbatch hangs, the values and ends of other trials are seen as ever.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up
lab_target

sweep total=4 concurrent=4
learner 0.2
OUT=$PWD/flags
mkdir flags
export OUT
shim sbatch <<'END'
mkdir "$OUT/once" 2>/dev/null || exec "$REAL" "$@"
sleep "${HANG_SECONDS:-25}"
echo >"$OUT/over"
exec "$REAL" "$@"
END
engine submit sweep.yml --name s --seed 3 --no-smoke --backend lab -- ./learner
three_complete() {
	[ "$(trials s | grep -c ' Completed ')" = 3 ]
}
within 20 three_complete
[ ! -e flags/over ] || fail 'it did not hang so long'
done_well
completed 4 s
counted s
same "$(attempts s)" ''
nothing_left
