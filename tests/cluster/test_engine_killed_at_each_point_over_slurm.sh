#!/bin/sh
# kill -9 of the engine before and after sbatch, while trials run, and when they have
# ended without its knowing: a resume goes on, and what it finds is counted once.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up
lab_target

sweep total=4 concurrent=4
learner 0.4
submit() {
	engine submit sweep.yml --name "$1" --seed 3 --no-smoke --backend lab -- ./learner
}
# once NAME: true for the first who asks.
OUT=$PWD/flags
mkdir flags
export OUT
code 0 hdrive submit sweep.yml --name here --seed 3 --no-smoke -- ./learner
trials here >here

# goes_on SWEEP [END]: resumed, it is what it would have been, but for first attempts
# that so ended.
goes_on() {
	died
	code 0 hdrive resume "$1"
	trials "$1" >there
	diff here there || fail "$1 found other trials"
	counted "$1"
	same "$(attempts "$1" | grep -v " 1 ${2-none}$")" ''
	nothing_left
}

# The third call of sbatch has the engine killed, before it does anything, or after.
shim sbatch <<'END'
for call in 1 2 3 4 more; do
	mkdir "$OUT/call$call" 2>/dev/null && break
done
[ $call = 3 ] || exec "$REAL" "$@"
echo "$*" | sed 's/.*--job-name=hd[.][^.]*[.]\([0-9]*\)[.].*/\1/' >"$OUT/third"
[ -e "$OUT/before" ] || "$REAL" "$@"
kill -KILL "$PPID"
END
: >flags/before
submit intent
died
# Whether it was queued nobody knows for a minute: let that be over.
sed -i 's/"submitted": [0-9]*/"submitted": 1/' .hdrive/intent/00000[0-9]/job
goes_on intent lost
# Calls that were under way had their script from the engine, and may have had none.
attempts intent | grep -q "^$(cat flags/third) 1 lost$" || fail "$(attempts intent)"
rm -r flags/*
submit sbatch
goes_on sbatch

# While they run.
submit running
within 30 sh -c '[ $(cat .hdrive/running/*/stdout | grep -c acc=) -ge 4 ]'
kill -KILL "$engine"
goes_on running

# All have ended, and nobody has seen it.
submit exit
within 30 sh -c '[ $(cat .hdrive/exit/*/stdout | grep -c acc=) -ge 4 ]'
kill -STOP "$engine"
within 30 sh -c '[ $(ls .hdrive/exit/*/exit | wc -l) = 4 ]'
kill -KILL "$engine"
goes_on exit
