#!/bin/sh
# The lab's Slurm, real or fake, does what hdrive builds on: the same script for both.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up NODES=2 CPUS=2

# job NAME [OPTION...] <SCRIPT: its id.
job() {
	name=$1
	shift
	{ echo '#!/bin/sh'; cat; } >"$name.sh"
	sbatch --parsable --job-name="$name" --mem=10M --output="$PWD/$name.out" "$@" "$name.sh"
}
# shows NAME FORMAT: a field of the job of that name.
shows() {
	squeue -h -r -t all -n "$1" -o "$2"
}
is() {
	[ "$(shows "$1" "$2")" = "$3" ]
}
# says ID WORD: "scontrol show job" has it.
says() {
	scontrol -o show job "$1" | grep -q -- "$2"
}

# A job runs where it was told to, with the variables that were listed.
export SECRET=s3cret LISTED=one
id=$(echo 'echo "$PWD $LISTED ${SECRET-none} $SLURM_JOB_ID"; exit 3' |
	job first --chdir=/ --export=LISTED)
within 20 is first %T FAILED
same "$(cat first.out)" "/ one none $id"
says "$id" 'ExitCode=3:0'
says "$id" 'Reason=NonZeroExitCode'

# An array: one call, one row and one file each.
echo 'exit $SLURM_ARRAY_TASK_ID' | job many --array=0-3 >/dev/null
within 20 sh -c '[ "$(squeue -h -r -t all -n many -o "%i %T" | grep -c "_[0-3] [CF][OA]")" = 4 ]'
same "$(shows many %T | sort | uniq -c | tr -s ' ' | tr '\n' ,)" ' 1 COMPLETED, 3 FAILED,'

# What cannot be is refused at once, or waits with a reason.
code 1 sbatch --partition=nowhere first.sh
has err 'nvalid partition'
id=$(echo : | job wide --nodes=9)
within 20 is wide %r PartitionConfig || within 1 is wide %r PartitionNodeLimit
scancel "$id"

# TERM comes to the whole job, and its own status is told.
id=$(printf '%s\n' 'trap "kill %1; exit 7" TERM' 'sleep 60 &' 'echo up' wait | job ended)
within 20 grep -q up ended.out
scancel "$id"
within 20 is ended %T CANCELLED
says "$id" 'ExitCode=7:0\|ExitCode=0:15'

# Nobody knows these.
code 1 squeue -h -j 999999
has err 'Invalid job id'
code 0 squeue -h -j 999998,999999
same "$(cat out)" ''
code 0 scancel 999999

# No folder for its output: it was never begun.
id=$(echo : | sbatch --parsable --no-requeue --job-name=nowhere --output=/no/such/folder/out \
	first.sh)
within 20 is nowhere %T FAILED
says "$id" 'ExitCode=0:53'

# The low give way to the high: cancelled, or asked again.
id=$(echo 'sleep 60' | job low --partition=lowk --nodes=2 --exclusive)
within 20 is low %T RUNNING
echo : | job high --partition=high --nodes=2 --exclusive >/dev/null
within 20 is low %T PREEMPTED
within 20 is high %T COMPLETED

# A node that dies: its job did not end by itself.
echo 'sleep 60' | job lost --no-requeue --nodelist=n1 >/dev/null
within 20 is lost %T RUNNING
slurm kill n1
within 60 is lost %T NODE_FAIL
slurm start n1

# Without a controller every question fails; what it knew it knows again.
slurm kill ctl
code 1 timeout 40 squeue -h -t all
has err 'Unable to contact slurm controller'
slurm start ctl
within 20 is first %T FAILED
