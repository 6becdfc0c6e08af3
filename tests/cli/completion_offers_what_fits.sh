#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# after WORD...: what may stand in place of the last, on one line.
after() {
	hdrive completion --words -- "$@" | cut -f 1 | tr '\n' ' '
}

# Commands and their options, global ones too.
same "$(after sub)" 'submit '
same "$(after -C . su)" 'submit '
same "$(after submit --no-sm)" '--no-smoke '
same "$(after submit --no-co)" '--no-color '
same "$(after --vers)" '--version '
same "$(after job s)" 'show stream '
same "$(after nonsense x)" ''

# The words that a row lists, however the value is written.
same "$(after ls --output '')" 'json table tsv '
same "$(after ls -o t)" 'table tsv '
same "$(after ls --output=t)" '--output=table --output=tsv '
same "$(after ls --output = t)" 'table tsv '
same "$(after ls --state F)" 'Failed '
same "$(after serve --sampler gr)" 'grid '
same "$(after submit -j '')" ''

# Places, by the usage lines.
same "$(after validate a.yml '')" ':files '
same "$(after folder '')" 'attach '
same "$(after metrics te)" 'test '
same "$(after metrics test '')" ':files '
same "$(after help polici)" 'policies '
same "$(after help submit '')" ''
same "$(after completion '')" 'bash zsh fish '
same "$(after init --from '')" ':files '
same "$(after submit -C '')" ':folders '

# What trials run is the user's.
same "$(after submit sweep.yml -- '')" ':programs '
same "$(after submit sweep.yml -- python --he)" ':files '
same "$(after run submit-script -c a train.py --l)" ':files '

# Sweeps, of the store that the line means; none is no error.
same "$(after status '')" ''
sweep total=1
code 0 hdrive submit sweep.yml --name my-otter-1 -- sh -c 'echo acc=0.5'
code 0 hdrive submit sweep.yml --name our-otter-2 -- sh -c 'echo acc=0.5'
same "$(after status '')" '@ our-otter-2 my-otter-1 '
same "$(after best m)" 'my-otter-1 '
same "$(after cancel my-otter-1 '')" ''
same "$(after gc my-otter-1 o)" 'our-otter-2 '
same "$(after job show -n m)" 'my-otter-1 '
cd /
same "$(after best m)" ''
same "$(after -C "$OLDPWD" best m)" 'my-otter-1 '
same "$(after best --db="$OLDPWD/.hdrive/hdrive.db" m)" 'my-otter-1 '
cd "$OLDPWD"
hdrive completion --words -- best m | grep -q "^my-otter-1	Completed$" || fail 'no state'

code 2 hdrive completion
code 2 hdrive completion tcsh
has err "no completion for 'tcsh', one of: bash, zsh, fish"

# Targets, of that store too, and their types.
same "$(after target sh)" 'show '
same "$(after target show '')" 'local '
code 0 hdrive target add gpu local
same "$(after target show '')" 'local gpu '
same "$(after target remove g)" 'gpu '
same "$(after target add --type lo)" 'local '
same "$(after target add new lo)" 'local '
