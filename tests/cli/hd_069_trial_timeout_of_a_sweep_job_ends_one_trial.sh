#!/bin/sh
# trial_timeout ends the trial that takes too long, and no other (HD-069).
. "$TEST_ROOT/tests/support/cli.sh"

cat >sweep.yml <<'END'
type: sweep
trial:
  command: echo loss=1; sleep ${{search_space.seconds}}
sampling_algorithm: grid
search_space:
  seconds: {type: choice, values: [0, 100]}
objective: {primary_metric: loss, goal: minimize}
limits: {max_total_trials: 2, max_concurrent_trials: 2, trial_timeout: 1}
smoke: false
END
code 0 hdrive submit sweep.yml
code 0 hdrive show @ 0 --json
has out '"state":"Completed"'
code 0 hdrive show @ 1 --json
has out '"state":"Canceled","end_reason":"timeout"'
sound
