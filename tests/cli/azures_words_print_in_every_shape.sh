#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
code 0 hdrive submit sweep.yml --name shapes-1 -- echo acc=1
for shape in json jsonc yaml yamlc table tsv; do
	code 0 hdrive run show -r shapes-1 -o $shape
	has out shapes-1
done
code 0 hdrive run show -r shapes-1 -o none
same "$(cat out)" ''
code 2 hdrive run show -r shapes-1 -o xml
has err "^hdrive: unknown output 'xml', one of: json, jsonc, table, tsv, yaml, yamlc, none$"
code 2 hdrive run show -r shapes-1 --query 'a['
has err '^hdrive: --query: column 3 of the query: '
code 0 hdrive run show -r shapes-1 --query nothing -o tsv
same "$(cat out)" ''

# Flags for what is in a cloud are taken; nothing is said of them.
code 0 hdrive run show -r shapes-1 -g group -w space --subscription-id 1 \
	--only-show-errors -t record.json -o none
same "$(cat out err)" ''
has record.json '"run_id": "HD_'
mkdir below
code 0 hdrive -C below run show -r shapes-1 --path .. --query name
same "$(cat out)" '"shapes-1"'

# A link called az takes the words of Azure's scripts.
ln -s "$(command -v hdrive)" az
same "$(./az ml run show -r shapes-1 --query name -o tsv)" shapes-1
code 2 hdrive ml run show -r shapes-1

# Words that are not there; "run" alone is no sweep.
for words in 'run' 'job --help' 'experiment -h' 'help job'; do
	# shellcheck disable=SC2086
	code 0 hdrive $words
	has out '^Commands:$'
done
code 0 hdrive run list --help
has out '^Usage: hdrive run list '
code 2 hdrive run lst
has err "^hdrive: unknown command 'run lst', did you mean 'run list'?$"
code 2 hdrive run train.py
has err 'a sweep is run by: hdrive run -p NAME=EXPR -m GOAL:METRIC -- CMD$'
