#!/bin/sh
# A sweep job's TensorFlow: servers never end, and are ended after the workers.
. "$TEST_ROOT/tests/support/cli.sh"

cat >job.yml <<'END'
type: sweep
search_space:
  x: {type: choice, values: [1]}
objective: {primary_metric: acc, goal: maximize}
limits: {max_total_trials: 1}
trial:
  command: ./worker ${{search_space.x}}
  environment: azureml:none@latest
  distribution: {type: tensorflow, worker_count: 2, parameter_server_count: 1}
END
script worker <<'END'
case $TF_CONFIG in
*'"type":"ps"'*) exec sleep 100 ;;
esac
echo acc=$1
END
code 0 hdrive submit job.yml --name served
code 0 hdrive show served 0
has out Completed
has .hdrive/served/000000/rank-1.log '^acc=1$'
