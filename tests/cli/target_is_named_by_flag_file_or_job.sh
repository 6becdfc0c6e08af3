#!/bin/sh
# --backend, then the file's own word, then this machine.
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
script prog <<'END'
echo acc=0.5
END
printf 'script: prog\ntarget: big\n' >t.runconfig
cat >job.yml <<'END'
type: sweep
compute: azureml:big
objective: {primary_metric: acc, goal: maximize}
sampling_algorithm: random
search_space: {x: {type: uniform, min_value: 0, max_value: 1}}
limits: {max_total_trials: 1}
trial: {command: echo acc=0.5}
END

# A name that is not configured: what is asked for by hand is an error, and what
# stands in a file of Azure's is told of, or refused when that is asked for.
code 3 hdrive submit sweep.yml --backend big -- ./prog
has err "no target 'big' in '.hdrive/targets.yml'"
[ ! -e .hdrive ] || fail 'something was made'
code 0 hdrive submit sweep.yml -c t --dry-run=1
has err "t.runconfig:2:9: warning: target 'big' is not configured here: trials run on this machine"
code 2 hdrive submit sweep.yml -c t --dry-run=1 --strict-target
has err "2:9: target 'big' is not configured here, only 'local' is"
code 0 hdrive submit sweep.yml --ct big --dry-run=1 -- ./prog
has err "warning: target 'big' is not configured here: trials run on this machine"
code 2 hdrive submit sweep.yml --ct big --strict-target --dry-run=1 -- ./prog
code 0 hdrive validate job.yml
has err "'compute' is 'big': trials run on this machine"

code 0 hdrive target add big local
for words in '--backend big -- ./prog' '--ct big --strict-target -- ./prog' \
	'-c t' '-c t --strict-target' '-c t --backend local'; do
	# shellcheck disable=SC2086
	code 0 hdrive submit sweep.yml --dry-run=1 $words
	hasnt err target
done
code 0 hdrive validate job.yml
hasnt err compute
code 0 hdrive submit job.yml --name on-big
hasnt err compute
code 0 hdrive submit sweep.yml --backend big --name by-flag -- ./prog
code 0 hdrive run -p x=1,2 -m max:acc --backend big --name by-line -- ./prog
code 0 hdrive run submit-hyperdrive --hyperdrive-configuration-name sweep.yml -c t --target big
code 2 hdrive target add small slrum
code 3 hdrive resume by-flag --backend small
has err "no target 'small' in '.hdrive/targets.yml'"
code 0 hdrive resume by-flag --backend big --max-trials 2
code 0 hdrive ls --json
has out '"backend":"local"'

# What the flag names is written down for who wants a file.
code 0 hdrive run -p x=1,2 -m max:acc --backend big --write new.yml -- ./prog
has err 'next: hdrive submit new.yml --backend big -- ./prog'

# A file that is wrong is not guessed at.
printf 'big: {type: lokal}\n' >.hdrive/targets.yml
code 2 hdrive submit job.yml
has err ".hdrive/targets.yml:1:13: 'type' must be 'local'"
same "$(hdrive ls | wc -l)" 5
