#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# holds FILE TRIALS: lists alone, of as many trials.
holds() {
	/usr/bin/python3 - "$1" "$2" <<-'END'
		import json, sys
		metrics = json.load(open(sys.argv[1]))
		assert len(metrics) == int(sys.argv[2]), metrics
		for values in metrics.values():
		    assert all(isinstance(of, list) and of for of in values.values()), values
	END
}

sweep total=3
code 0 hdrive submit sweep.yml --metrics-output m.json -- sh -c 'echo acc=1; echo loss=3'
holds m.json 3
hdrive metrics @ --json | cmp - m.json || fail 'not what metrics prints'
same "$(find . -name '*.tmp')" ''

# Trials that fail, and a sweep without its metric.
code 0 hdrive submit sweep.yml --no-smoke --metrics-output m.json -- \
	sh -c 'echo acc=2; exit 1'
holds m.json 3
has m.json '"acc":\[2\]'
code 4 hdrive submit sweep.yml --metrics-output m.json -- echo loss=1
has m.json '"loss":\[1\]'
code 4 hdrive resume @ --max-trials 4 --metrics-output more.json
holds more.json 4

# By the engine in the background.
code 0 hdrive submit sweep.yml -d --metrics-output later.json -- echo acc=5
within 60 test -s later.json
holds later.json 3

# A place that takes no file is told before anything is made.
count=$(hdrive ls --json | grep -c '"id"')
code 3 hdrive submit sweep.yml --metrics-output no/m.json -- echo acc=1
has err "^hdrive: --metrics-output 'no/m.json': No such file or directory$"
code 2 hdrive submit sweep.yml --metrics-output . -- echo acc=1
has err "^hdrive: --metrics-output '.' is a folder$"
same "$(hdrive ls --json | grep -c '"id"')" "$count"
