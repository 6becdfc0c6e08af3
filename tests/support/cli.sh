# What the scripts of tests/cli share; sourced. Each runs in an empty folder
# of its own, with hdrive on the PATH; it ends with 0 when its name is true.
# shellcheck shell=sh
set -eu

fail() {
	echo "FAILED: $*" >&2
	for file in out err; do
		[ -f "$file" ] && { echo "--- $file"; cat "$file"; } >&2
	done
	exit 1
}

# code N COMMAND...: its stdout in ./out, its stderr in ./err.
code() {
	want=$1
	shift
	got=0
	"$@" >out 2>err </dev/null || got=$?
	[ "$got" = "$want" ] || fail "'$*' gave $got, not $want"
}

# has FILE PATTERN; hasnt FILE PATTERN
has() {
	grep -q -- "$2" "$1" || fail "no '$2' in $1: $(cat "$1")"
}
hasnt() {
	! grep -q -- "$2" "$1" || fail "'$2' in $1: $(cat "$1")"
}

# same GOT WANT
same() {
	[ "$1" = "$2" ] || fail "'$1' is not '$2'"
}

# killed PID: the job that got KILL ended by that, and by nothing before it.
killed() {
	status=0
	wait "$1" 2>/dev/null || status=$?
	same "$status" 137
}

# within SECONDS COMMAND...: until it succeeds. Slow machines just take longer.
within() {
	left=$(($1 * 20))
	shift
	until "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || fail "'$*' did not come true"
		sleep 0.05
	done
}

# sweep [KEY=VALUE...]: ./sweep.yml, a random sweep of acc.
sweep() {
	total=4 concurrent=2 policy=NoTerminationPolicy type=random
	for word in "$@"; do
		eval "${word%%=*}=\${word#*=}"
	done
	cat >sweep.yml <<-END
	sampling:
	  type: $type
	  parameter_space:
	  - {name: --x, expression: choice, values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}
	  - {name: tag, expression: choice, values: ["a b", "c'd"]}
	policy: {type: $policy}
	primary_metric_name: acc
	primary_metric_goal: maximize
	max_total_runs: $total
	max_concurrent_runs: $concurrent
	END
}

# made_up_gpus: no variable names GPUs; skipped where the machine has real ones.
made_up_gpus() {
	for place in /dev/nvidia[0-9]* /proc/driver/nvidia/gpus \
		/sys/class/kfd/kfd /dev/dri/renderD*; do
		[ ! -e "$place" ] || exit 77
	done
	unset CUDA_VISIBLE_DEVICES CUDA_DEVICE_ORDER ROCR_VISIBLE_DEVICES \
		HIP_VISIBLE_DEVICES ZE_AFFINITY_MASK ONEAPI_DEVICE_SELECTOR
}

# script NAME: stdin becomes an executable program.
script() {
	{ echo '#!/bin/sh'; cat; } >"$1"
	chmod +x "$1"
}

# sound [STORE]: whole, every trial at an end, no draft of a file left.
sound() {
	/usr/bin/python3 - "${1:-.hdrive/hdrive.db}" <<-'END' || fail 'the store is not sound'
		import sqlite3, sys
		store = sqlite3.connect(sys.argv[1])
		assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
		ends = "('Completed', 'Failed', 'Canceled')"
		open = store.execute("SELECT number, state FROM trial WHERE state NOT IN " + ends)
		assert open.fetchall() == []
		open = store.execute("SELECT name FROM sweep WHERE state NOT IN " + ends)
		assert open.fetchall() == []
	END
	same "$(find . -name '*.tmp' -o -name '*-journal')" ''
}

# stops_on SIGNAL CODE: a running sweep that gets SIGNAL cancels what runs,
# starts nothing more, saves all of it and exits with CODE.
stops_on() {
	sweep total=6 concurrent=2
	script prog <<-'END'
	echo acc=0.5
	exec sleep 100
	END
	hdrive submit sweep.yml --name stop-me-1 -- ./prog >out 2>err &
	engine=$!
	within 60 grep -q leads err
	kill "-$1" $engine
	got=0
	wait $engine || got=$?
	same $got "$2"
	has err 'stopping [12] trials (again = now)'
	has err '^saved; go on with: hdrive resume stop-me-1$'
	code 0 hdrive status stop-me-1
	has out 'Canceled'
	has out 'stopped'
	code 0 hdrive show stop-me-1 --json
	hasnt out '"state":"Running"'
	same "$(grep -o '"number":[0-9]*' out | wc -l)" 2
}

# learner [SECONDS]: ./learner logs five values of acc that --x tells, one each
# SECONDS; it goes on from a checkpoint when KEEP is set.
learner() {
	script learner <<-END
	from=0
	[ -z "\${KEEP-}" ] || from=\$(cat "\$HDRIVE_CHECKPOINTS/step" 2>/dev/null || echo 0)
	for step in \$(seq \$((from + 1)) 5); do
		echo acc=0.\$((\$2 * step % 89))
		[ -z "\${KEEP-}" ] || echo \$step >"\$HDRIVE_CHECKPOINTS/step"
		sleep ${1-0.02}
	done
	END
}

# replays SWEEP: all of it is derived again without a difference.
replays() {
	code 0 hdrive replay "$1"
	has out ': all the same$'
}

# library_python ARG...: Python with the build's module. A library with
# AddressSanitizer wants its runtime loaded first, and Python leaks.
library_python() {
	command -v python3 >/dev/null || exit 77
	if nm -D "$TEST_BUILD/libhdrive.so" | grep -q __tsan_init; then
		exit 77
	elif nm -D "$TEST_BUILD/libhdrive.so" | grep -q __asan_init; then
		LD_PRELOAD=$(${CC:-cc} -print-file-name=libasan.so) \
			ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 \
			PYTHONPATH=$TEST_BUILD/python python3 "$@"
	else
		PYTHONPATH=$TEST_BUILD/python python3 "$@"
	fi
}

# unittests NAME: tests/python/test_NAME.py.
unittests() {
	PYTHONDONTWRITEBYTECODE=1 library_python -W error::ResourceWarning \
		"$TEST_ROOT/tests/python/test_$1.py"
}
