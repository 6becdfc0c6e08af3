#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1 concurrent=1
script prog <<'END'
echo acc=1
while [ ! -e "$1/go" ]; do sleep 0.05; done
END
hdrive submit sweep.yml -- ./prog "$PWD" >out 2>err &
engine=$!
within 60 grep -q leads err
rm -f .hdrive/hdrive.db*
within 60 grep -q 'note: store .* was removed or replaced' err
touch go
got=0
wait $engine || got=$?
same $got 1
has err "^hdrive: store '.*' was removed or replaced under way"
hasnt err 'see: hdrive'
