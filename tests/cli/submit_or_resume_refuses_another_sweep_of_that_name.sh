#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2
code 2 hdrive submit sweep.yml --or-resume -- echo acc=1
has err "^hdrive: '--or-resume' needs the sweep's name: --name NAME$"
[ ! -e .hdrive ] || fail 'something was made'

# None of that name, though the name is the beginning of another's.
code 0 hdrive submit sweep.yml --name taken-1 --seed 3 -- echo acc=1
code 0 hdrive submit sweep.yml --name taken --or-resume -- echo acc=2
has err '^taken: 2 trials'
code 0 hdrive submit sweep.yml --name taken-2 -- echo acc=1
code 0 hdrive submit sweep.yml --name taken- --or-resume -- echo acc=2
code 0 hdrive best taken-1 --format json
has out '"value":1\b'

# What would be another sweep is none to go on with, and nothing is done.
code 2 hdrive submit sweep.yml --name taken-1 --or-resume -- echo acc=2
has err "^hdrive: the name 'taken-1' is taken by a sweep of another program"
has err ': \["echo","acc=1"\]$'
code 2 hdrive submit sweep.yml --name taken-1 --or-resume --seed 4 -- echo acc=1
has err "^hdrive: the name 'taken-1' is taken by a sweep with the seed 3$"
code 2 hdrive submit sweep.yml --name taken-1 --or-resume --experiment other -- echo acc=1
has err "whose program has other inputs, variables or limits$"
sed 's/5, 6, 7/6, 7/' sweep.yml >other.yml
code 1 hdrive submit other.yml --name taken-1 --or-resume --set max_total_runs=9 -- echo acc=1
has err "the parameter space differs: '--x' was choice"
code 0 hdrive submit sweep.yml --name taken-1 --or-resume -- echo acc=1
has err '2 completed'
code 0 hdrive status taken-1
sound
