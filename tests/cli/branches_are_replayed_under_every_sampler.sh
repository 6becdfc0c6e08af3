#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# A sweep over branches is derived again from what the store knows, a resume
# goes on in the same order, and a sweep can learn from another's branches.
cat >sweep.yml <<'END'
sampling:
  type: random
  parameter_space:
  - name: --model
    expression: choice
    values:
    - bayes
    - svm:
        C: {expression: randint, values: [5]}
        kernel:
          type: choice
          values: [rbf, {poly: {degree: {type: randint, upper: 4}}}]
    - {kind: net, size: 3, C: {expression: quniform, values: [8, 64, 8]}}
primary_metric_name: acc
primary_metric_goal: maximize
max_total_runs: 18
max_concurrent_runs: 3
END
script prog <<'END'
sum=0
for word in "$@"; do
	case $word in svm) sum=$((sum + 40)) ;; poly) sum=$((sum + 9)) ;;
	[0-9]*) sum=$((sum + word)) ;; esac
done
echo acc=$sum
END
from=''
for type in grid random sobol tpe bayesian auto; do
	# shellcheck disable=SC2086
	code 0 hdrive submit sweep.yml --set sampling.type=$type --name "$type-1" \
		--seed 4 $from -- ./prog
	has err 'completed, 0 failed'
	code 0 hdrive resume "$type-1" --max-trials 22
	replays "$type-1"
	[ $type = grid ] || from="--resume-from $type-1"
done
# Points: 1, 5 * (1 + 4) and 8.
code 0 hdrive sample sweep.yml --set sampling.type=grid -n 50 --format jsonl
same "$(sort -u out | wc -l)" 34
sound
