#!/bin/sh
# What a sweep job runs is kept: a resume needs neither its component file nor
# the local copy of its data, and limits that changed are its own words' limits.
. "$TEST_ROOT/tests/support/cli.sh"

mkdir -p job/src data
cat >job/src/train.sh <<'END'
test "$1" = --depth && test "$2" = 6 && test "$3" = --data && echo "acc=0.$5" || exit 1
until [ -e "$4/go" ]; do sleep 0.05; done
END
cat >job/train.yml <<'END'
type: command
inputs:
  data: {type: uri_folder}
  depth: {type: integer, default: 6}
  x: {type: integer, default: 1}
code: ./src
environment: azureml:some-environment@latest
command: sh train.sh --depth ${{inputs.depth}} --data ${{inputs.data}} ${{inputs.x}}
END
cat >job/sweep.yml <<'END'
type: sweep
name: live-2
trial: ./train.yml
inputs:
  data: {type: uri_folder, path: "azureml:digits@latest"}
sampling_algorithm: grid
search_space:
  x: {type: choice, values: [1, 2, 3, 4, 5, 6]}
objective: {primary_metric: acc, goal: maximize}
limits: {max_total_trials: 2, max_concurrent_trials: 1, timeout: 3600}
END
code 2 hdrive submit job/sweep.yml
has err '--input data=PATH'
code 2 hdrive validate job/sweep.yml
code 0 hdrive validate job/sweep.yml --input data=data
code 0 hdrive sample job/sweep.yml --input data=data -n 1 --format argv
has out 'sh train.sh --depth 6 --data /.*/data 1'
code 0 hdrive submit job/sweep.yml --input data=data --detach
same "$(cat out)" live-2
within 60 sh -c 'hdrive status live-2 | grep -q "1 running"'
mv job/train.yml kept
code 0 hdrive update live-2 --max-trials 3 -j 2 --timeout 2h --trial-timeout 1h
has out 'max_total 2 -> 3'
touch data/go
code 0 hdrive wait live-2
code 0 hdrive show live-2
has out 'limits      3 trials, 2 at a time, 2h00m'
code 0 hdrive update live-2 --max-trials 4
code 0 hdrive resume live-2
has err '4 trials, 4 completed'
code 0 hdrive resume live-2 --max-trials 5 --set limits.trial_timeout=90
has err '5 trials, 5 completed'
code 0 hdrive show live-2 4
has out 'train.sh --depth 6'
code 0 hdrive replay live-2
# The name is taken, as it would be in a workspace of Azure's.
mv kept job/train.yml
code 2 hdrive submit job/sweep.yml --input data=data
has err "the name 'live-2' is taken"
sound
