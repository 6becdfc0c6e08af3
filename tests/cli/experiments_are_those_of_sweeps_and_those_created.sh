#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 0 hdrive experiment list
same "$(cat out)" '[]'
code 0 hdrive experiment create -n digits
code 0 hdrive experiment create -n digits
same "$(hdrive experiment list --query '[].[name,runs]' -o tsv)" "$(printf 'digits\t0')"
sweep total=1
code 0 hdrive submit sweep.yml -- echo acc=1
here=$(basename "$PWD")
same "$(hdrive experiment list --query "[?runs==\`1\`].name" -o tsv)" "$here"
same "$(hdrive experiment list --query 'length(@)')" 2
# A sweep that is given one is in it, and so are its trials.
code 0 hdrive job create -f sweep.yml -n in-digits -e digits --stream -- \
	sh -c 'echo acc=1; echo $AZUREML_ARM_PROJECT_NAME >outputs/name'
same "$(hdrive experiment list --query "[?name=='digits'].runs" -o tsv)" 1
same "$(hdrive run list -e digits --query '[].name' -o tsv)" in-digits
same "$(cat "$(hdrive best in-digits --output-path outputs/name)")" digits
code 2 hdrive submit sweep.yml --name never --experiment a/b -- true
code 3 hdrive show never
code 2 hdrive experiment create
has err "^hdrive: '-n' is missing"
code 2 hdrive experiment create -n a/b
has err "has neither '/' nor control characters$"
code 2 hdrive experiment create -n ''
