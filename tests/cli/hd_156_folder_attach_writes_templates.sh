#!/bin/sh
# What it writes can be submitted as it stands, and nothing is overwritten.
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1 concurrent=1
mkdir -p project/.azureml
echo mine >project/.azureml/config.json
code 3 hdrive folder attach --path nowhere
code 2 hdrive folder
code 0 hdrive folder attach --path project -w space -g group -e name
has out '^project/.azureml/local.runconfig$'
has err '^kept project/.azureml/config.json'
same "$(cat project/.azureml/config.json)" mine
printf 'print("acc=1")\n' >project/train.py
cp sweep.yml project
cd project
code 0 hdrive submit sweep.yml -c local --name attached
same "$(cat err | grep -c warning)" 0
code 0 hdrive show attached 0
has out Completed
code 0 hdrive submit sweep.yml -c docker --dry-run=1
has err 'the container is left out'
code 0 hdrive folder attach --force
has .azureml/config.json workspace_name
