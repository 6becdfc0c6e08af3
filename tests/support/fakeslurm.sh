#!/bin/sh
# A little Slurm for unit tests, under the names of its commands: jobs are files
# in $FAKE, one job runs at once when it is submitted. What a test wants is told
# by files there:
#   refuse   sbatch prints it and fails, nothing is queued
#   toil     sbatch prints it and fails, and the job is queued all the same
#   hold     jobs stay in the queue
#   silent   the scheduler does not answer
#   stuck    nor does squeue come back before that is gone
#   boot     when the controller began
#   accounts sacct has what this says
#   ID.end   the state of that job once it has ended
#   ID.shown the line that squeue has of it, in place of the true one
# Every call is a line of $FAKE/calls: its words.
set -u
me=${0##*/}
echo "$me $*" >>"$FAKE/calls"

silence() {
	[ ! -e "$FAKE/silent" ] || {
		echo "$me: error: Unable to contact slurm controller (connect failure)" >&2
		exit 1
	}
}

# run KEY TASK SCRIPT LOG: the job, until its end, and the state it ends in.
run() {
	(
		exec </dev/null >/dev/null 2>&1
		SLURM_ARRAY_TASK_ID=$2 SLURM_JOB_ID=$1 setsid sh "$3" >>"$4" 2>&1 &
		echo $! >"$FAKE/$1.pid"
		echo RUNNING >"$FAKE/$1.state"
		if wait $!; then state=COMPLETED; else state=FAILED; fi
		[ ! -e "$FAKE/$1.end" ] || state=$(cat "$FAKE/$1.end")
		echo "$state" >"$FAKE/$1.state"
	) &
}

# submit: the script on stdin, under what $name, $last and $log say.
submit() {
	until mkdir "$FAKE/lock" 2>/dev/null; do sleep 0.01; done
	id=$(($(cat "$FAKE/next" 2>/dev/null || echo 100) + 1))
	echo $id >"$FAKE/next"
	rmdir "$FAKE/lock"
	cat >"$FAKE/$id.script"
	task=0
	while [ $task -le "${last:-0}" ]; do
		key=$id${last:+_$task}
		file=$(echo "$log" | sed "s/%a/$task/")
		echo PENDING >"$FAKE/$key.state"
		echo "$name" >"$FAKE/$key.name"
		[ -e "$FAKE/hold" ] || run "$key" $task "$FAKE/$id.script" "$file"
		task=$((task + 1))
	done
}

do_sbatch() {
	last=
	for word; do
		case $word in
		--job-name=*) name=${word#*=} ;;
		--output=*) log=${word#*=} ;;
		--array=0-*) last=${word#--array=0-} ;;
		esac
	done
	silence
	[ ! -e "$FAKE/refuse" ] || {
		cat "$FAKE/refuse" >&2
		: >"$FAKE/refused"
		exit 1
	}
	submit
	[ ! -e "$FAKE/toil" ] || {
		cat "$FAKE/toil" >&2
		exit 1
	}
	echo "$id"
}

do_squeue() {
	while [ -e "$FAKE/stuck" ]; do sleep 0.1; done
	silence
	mkdir "$FAKE/asking" || echo "two at once" >>"$FAKE/calls"
	answer
	rmdir "$FAKE/asking"
}

answer() {
	for file in "$FAKE"/*.name; do
		[ -e "$file" ] || continue
		key=${file##*/}
		key=${key%.name}
		if [ -e "$FAKE/$key.shown" ]; then
			cat "$FAKE/$key.shown"
		else
			echo "$key|$(cat "$FAKE/$key.state")|None|n1|1:00:00|$(cat "$file")"
		fi
	done
}

do_sacct() {
	[ ! -e "$FAKE/accounts" ] || cat "$FAKE/accounts"
}

do_scontrol() {
	silence
	kind=none
	[ ! -e "$FAKE/accounts" ] || kind=slurmdbd
	echo "AccountingStorageType   = accounting_storage/$kind"
	echo "BOOT_TIME               = $(cat "$FAKE/boot" 2>/dev/null)"
	echo "MaxArraySize            = 1001"
	echo "MinJobAge               = 300 sec"
}

do_scancel() {
	silence
	signal=
	for word; do
		case $word in
		--signal=*) signal=${word#*=} ;;
		--*) ;;
		*)
			if [ "$(cat "$FAKE/$word.state")" = PENDING ]; then
				echo CANCELLED >"$FAKE/$word.state"
				continue
			fi
			[ -n "$signal" ] || echo CANCELLED >"$FAKE/$word.end"
			kill -s "${signal:-TERM}" "$(cat "$FAKE/$word.pid")"
			;;
		esac
	done
}

"do_$me" "$@"
