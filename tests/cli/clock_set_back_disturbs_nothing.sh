#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

faults=$TEST_BUILD/tests/crash/faults.so
[ -e "$faults" ] || exit 77
# A sanitizer's library wants to be the first.
asan=$(ldd "$TEST_BUILD/hdrive" | sed -n 's/.*libasan[^ ]* => \([^ ]*\).*/\1/p')

# back N COMMAND...: with a clock that falls by an hour at its N-th reading.
back() {
	at=$1
	shift
	LD_PRELOAD="$asan $faults" FAULT_CALL=time FAULT_AT=$at FAULT_TOLD=$PWD/told "$@"
}
ascends() {
	/usr/bin/python3 - <<-'END2' || fail 'stamps do not ascend'
		import sqlite3
		store = sqlite3.connect(".hdrive/hdrive.db")
		ask = lambda sql: store.execute(sql).fetchall()
		ends = ask("SELECT sweep, gone FROM trial ORDER BY sweep, settled")
		assert ends == sorted(ends), ends
		logged = ask("SELECT trial, time FROM metric ORDER BY trial, sequence")
		assert logged == sorted(logged), logged
		best = ask("SELECT sweep, time FROM best_child ORDER BY key")
		assert best == sorted(best), best
	END2
}

sweep total=6 concurrent=2
script prog <<'END2'
for i in 1 2 3; do
	echo acc=0.$i
	sleep 0.1
done
[ "$HDRIVE_TRIAL" != 2 ] || [ "$HDRIVE_ATTEMPT" != 1 ] || exit 75
END2
code 0 back 9 hdrive submit sweep.yml --name a --timeout 60s --trial-timeout 30s \
	--idle-timeout 30s -- ./prog
[ -e told ] || fail 'the clock was not read'
has err '6 completed, 0 failed'
ascends

# Between two engines too.
hdrive submit sweep.yml --name b --timeout 60s --trial-timeout 30s -- ./prog >out.b 2>err.b &
engine=$!
within 60 grep -q leads err.b
kill -9 $engine
wait $engine 2>/dev/null || :
code 0 back 1 hdrive resume b
has err '6 completed, 0 failed'
ascends
sound
