#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
code 0 hdrive submit sweep.yml --json -- sh -c 'echo acc=1; echo no >&2; exit 3'
/usr/bin/python3 - <<-'END'
	import json
	lines = [json.loads(line) for line in open("out")]
	kinds = [line.get("event") for line in lines]
	assert kinds[0] == "sweep_started", kinds
	assert kinds.count("trial_started") == kinds.count("trial_ended") == 4
	assert kinds[-2] == "sweep_ended"
	ended = [line for line in lines if line.get("event") == "trial_ended"]
	assert all(line["exit_code"] == 3 for line in ended)
	assert ended[0]["stderr_tail"].strip() == "no"
	assert lines[-1]["counts"]["Failed"] == 4
END
