#!/bin/sh
# A trial of several machines needs a target that has them.
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
echo 'print("acc=1")' >train.py
cat >two.runconfig <<'END'
script: train.py
framework: PyTorch
nodeCount: 2
END
code 2 hdrive submit sweep.yml -c two
has err "two.runconfig:3:12: a trial wants 2 nodes and this machine is one: name a target"
[ ! -e .hdrive ] || fail 'a store was made'
code 2 hdrive submit sweep.yml -c two --dry-run
has err 'two.runconfig:3:12: a trial wants 2 nodes'

cat >job.yml <<'END'
type: sweep
sampling_algorithm: random
search_space:
  x: {type: uniform, min_value: 0, max_value: 1}
objective: {goal: maximize, primary_metric: acc}
limits: {max_total_trials: 1}
trial:
  command: echo acc=1
  distribution: {type: pytorch}
  resources: {instance_count: 3}
END
code 2 hdrive submit job.yml
has err 'job.yml:10:31: a trial wants 3 nodes and this machine is one'
[ ! -e .hdrive ] || fail 'a store was made'
sed -i 's/instance_count: 3/instance_count: 1/' job.yml
code 0 hdrive submit job.yml
