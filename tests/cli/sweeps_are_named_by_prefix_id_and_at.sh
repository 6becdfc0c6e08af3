#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
hdrive submit sweep.yml -q --name alpha-one-1 -- sh -c 'echo acc=1' >out
hdrive submit sweep.yml -q --name alpha-two-2 -- sh -c 'echo acc=2' >out
for word in alpha-one-1 alpha-o; do
	code 0 hdrive best "$word"
	has out 'of alpha-one-1'
done
code 0 hdrive best @
has out 'of alpha-two-2'
code 0 hdrive best
has out 'of alpha-two-2'
code 2 hdrive best alpha
has err alpha-one-1
has err alpha-two-2
code 0 hdrive show alpha-one-1
id=$(sed -n 's/^id *//p' out)
code 0 hdrive status "$id"
has out alpha-one-1
code 3 hdrive best nothing
code 3 hdrive show @ 5
code 2 hdrive show @ five
code 2 hdrive show --why
