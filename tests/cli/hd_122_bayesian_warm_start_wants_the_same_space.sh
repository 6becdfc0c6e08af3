#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# learning SAMPLER MOST: ./space.yml, over one continuous parameter.
learning() {
	cat >space.yml <<-END
	sampling:
	  type: $1
	  parameter_space:
	  - {name: --x, expression: uniform, values: [0, $2]}
	primary_metric_name: acc
	primary_metric_goal: maximize
	max_total_runs: 8
	max_concurrent_runs: 2
	END
}
script prog <<'END'
awk -v x="$2" 'BEGIN { print "acc=" 1 - (x - 0.3) ^ 2 }'
END
learning bayesian 1
code 0 hdrive submit space.yml --name old-1 --seed 1 -- ./prog

# It does not begin with the middle: it knows where the best is.
code 0 hdrive submit space.yml --name new-1 --seed 1 --resume-from old-1 -- ./prog
has err '8 trials of earlier sweeps are known$'
first() {
	hdrive show "$1" 0 --json | grep -o '"--x":[0-9.]*' | head -1
}
[ "$(first old-1)" != "$(first new-1)" ] || fail 'it learned nothing'
replays new-1

learning bayesian 2
code 2 hdrive submit space.yml --name new-2 --resume-from old-1 -- ./prog
has err "bayesian cannot learn from 'old-1': the parameter space differs: '--x' was uniform(0, 1)"
code 3 hdrive status new-2

# Others take what fits: tpe, where the space has it.
learning tpe 0.5
code 0 hdrive submit space.yml --name new-3 --resume-from old-1,new-1 -- ./prog
has err "trials of earlier sweeps are known, [1-9][0-9]* are left out as the parameter space"
replays new-3
sound
