#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

cat >sweep.yml <<'END'
sampling:
  type: grid
  parameter_space:
  - name: --v
    expression: choice
    values:
    - '; touch owned; '
    - '$(touch owned)'
    - "line\nbreak\ttab"
    - "\xff\e[2J"
    - '--'
    - ''
    - '"''\'
    - "{v} %s %n"
policy: {type: NoTerminationPolicy}
primary_metric_name: acc
primary_metric_goal: maximize
max_total_runs: 8
max_concurrent_runs: 2
END
cat >prog <<-'END'
	#!/usr/bin/python3
	import json, os, sys
	assert sys.argv[1] == "--v" and len(sys.argv) == 3, sys.argv
	given = json.load(open(os.environ["HDRIVE_PARAMS"]))["--v"]
	assert given == sys.argv[2], (given, sys.argv)
	print("acc=%d" % len(given))
END
chmod +x prog
code 0 hdrive submit sweep.yml -v -- ./prog
has err '8 completed'
[ -z "$(find . -name owned)" ] || fail 'a value was run'
hasnt err "$(printf '\033')"
for command in 'show @' 'best' 'best --format env' 'ls' 'metrics @'; do
	# shellcheck disable=SC2086
	code 0 hdrive $command
	hasnt out "$(printf '\033')"
done
sound
