#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

cat >job.yml <<'END'
type: sweep
name: from-job
search_space:
  model:
    type: choice
    values:
    - bayes
    - svm: {C: {type: uniform, min_value: 1, max_value: 2}}
    - {depth: 4}
sampling_algorithm: {type: random, seed: 7}
objective: {goal: maximize, primary_metric: acc}
limits: {max_total_trials: 8}
trial:
  command: ./train ${{search_space.model}}
END
code 0 hdrive create job.yml
same "$(cat out)" from-job
has err "note: the file's program is left out"
# A branch that has only a label gives the script its parameters alone.
n=0
while [ $n -lt 8 ]; do
	hdrive ask from-job --format args >words.$n
	hdrive tell from-job $n 0.5
	n=$((n + 1))
done
cat words.* >words
has words '^[0-9] --model bayes$'
has words '^[0-9] --model svm --C 1\.[0-9]*$'
has words '^[0-9] --depth 4$'
