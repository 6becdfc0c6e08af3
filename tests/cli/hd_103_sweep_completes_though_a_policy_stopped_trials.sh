#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=4 concurrent=4
sed -i 's/^policy:.*/policy: {type: BanditPolicy, slack_factor: 0.1}/' sweep.yml
script prog <<'END'
case $HDRIVE_TRIAL in
0) echo acc=0.9; sleep 1; exit 0;;
*)
	while ! grep -q acc=0.9 "$HDRIVE_DIR/../000000/stdout" 2>/dev/null; do
		sleep 0.05
	done
	sleep 0.3
	for i in $(seq 200); do echo acc=0.1; sleep 0.1; done;;
esac
END
code 0 hdrive submit sweep.yml -- ./prog
has err 'trial [123] stopped by bandit at interval 1:'
has err 'Completed in .*1 completed, 0 failed, 3 stopped'
code 0 hdrive show @ 2 --why
has out '^stopped by bandit at interval'
has out 'trials compared'
code 0 hdrive show @ 2 --why --json
has out '"decisions":\[{"policy":"bandit"'
