#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2
code 0 hdrive submit sweep.yml -- sh -c 'echo acc=1; echo loss=3; echo loss=2'
code 0 hdrive metrics @ --json
/usr/bin/python3 - <<-'END'
	import json
	metrics = json.load(open("out"))
	assert len(metrics) == 2
	for number, (trial, values) in enumerate(metrics.items()):
	    assert trial.startswith("HD_") and trial.endswith("_%d" % number)
	    assert values == {"acc": [1], "loss": [3, 2]}, values
END
code 0 hdrive metrics @ --csv
same "$(wc -l <out)" 7
has out '^trial,sequence,metric,value,step,source$'
code 0 hdrive metrics
has out '^ *1  loss  *2  3  *2 '
