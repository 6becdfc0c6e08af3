#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

cat >sweep.yml <<'END'
sampling:
  type: grid
  parameter_space:
  - {name: --t, expression: choice, values: ["\e[31mred\x07"]}
primary_metric_name: acc
primary_metric_goal: maximize
max_total_runs: 1
END
code 0 hdrive submit sweep.yml -- sh -c 'echo acc=1'
for command in 'show @' 'show @ 0' 'status @' 'best @' 'best @ -k 3' \
	'sample sweep.yml'; do
	# shellcheck disable=SC2086
	code 0 hdrive $command
	hasnt out "$(printf '[\033\007]')"
	has out '\\x1b\[31mred\\x07'
done
