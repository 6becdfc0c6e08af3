#!/bin/sh
# A target is proved by what a sweep does there; a sweep whose engine died is gone on
# with and cancelled where it was, and moves only when nothing of it is under way.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up NODES=2 CPUS=2
place=$PWD

# --- proved -------------------------------------------------------------------
code 0 hdrive target add big slurm partition=main poll=0.5
code 0 hdrive target add wrong slurm partition=nowhere poll=0.5
code 0 hdrive target add held slurm extra=--hold poll=0.5
mkdir ground
code 0 hdrive target add apart slurm folder="$place/ground" poll=0.5
ls -A .hdrive >before
code 0 hdrive target check big
same "$(grep -c '  ok  ' out)" 7
code 0 hdrive target check apart --json
has out '"type":"slurm"'
has out '"ok":true}$'
same "$(ls -A ground)" ''
code 1 hdrive target check wrong
has out 'launch  *FAILED .* Invalid partition'
has err "'wrong' cannot be used yet: its settings must be those of the place"
code 1 hdrive target check held --timeout 3s
has out 'launch  *FAILED .* nothing came of it in 3 s'
within 30 none_queued
ls -A .hdrive >after
diff before after >&2 || fail 'a check has left something'

# --- kept -----------------------------------------------------------------------
sweep total=3 concurrent=2
script prog <<'END'
echo acc=0.5
while [ ! -e "$1/go" ]; do sleep 0.1; done
END
# leave NAME: an engine that dies with two trials under way.
leave() {
	hdrive submit sweep.yml --no-smoke --backend big --name "$1" -- \
		./prog "$place" >/dev/null 2>told &
	engine=$!
	within 30 sh -c '[ "$(squeue -h -t R -o %A | wc -l)" = 2 ]'
	within 30 sh -c "hdrive status $1 | grep -q '2 running'"
	kill -KILL $engine
	killed $engine
	has told "$1: 3 trials, random, 2 at a time on big"
}
leave one
code 0 hdrive status one
has out 'backend  *slurm:big'
code 0 hdrive show one --json
has out '"backend":"slurm:big"'
code 0 hdrive run list --compute-target-name big -o tsv
has out big
code 1 hdrive doctor
has out "2 trials open, which may still run on 'slurm:big'"
code 1 hdrive resume one --backend local
has err "cannot move from 'slurm:big' to 'local' while trials 0, 1 are under way there"
mv .hdrive/targets.yml .
for command in resume cancel; do
	code 3 hdrive $command one
	has err "runs on target 'big' ('slurm:big'), which '.hdrive/targets.yml' does not have"
done
mv targets.yml .hdrive/
touch go
code 0 hdrive resume one
has err 'on big$'
code 0 hdrive status one
has out '3 of 3 ended, 3 completed'
# The same line again goes on where the sweep is.
code 0 hdrive submit sweep.yml --or-resume --max-trials 4 --name one -- ./prog "$place"
code 0 hdrive status one
has out '4 of 4 ended, 4 completed'
has out 'backend  *slurm:big'
rm go

# --- left -----------------------------------------------------------------------
leave two
code 0 hdrive cancel two
within 30 none_queued
touch go
code 0 hdrive resume two --backend local
code 0 hdrive show two --json
has out '"backend":"local"'
# And where it has moved to.
code 0 hdrive submit sweep.yml --or-resume --max-trials 4 --name two -- ./prog "$place"
code 0 hdrive status two
has out '4 of 4 ended, 4 completed'
hasnt out backend
