#!/bin/sh
# Variables, arguments and data of a run configuration, and again on resume.
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1 concurrent=1
mkdir -p src/.azureml digits
cp sweep.yml src/
cat >src/prog.sh <<'END'
echo "FOO=$FOO DATA=$DATA" "$*" >outputs/seen
echo acc=0.5
END
cat >src/.azureml/local.runconfig <<'END'
{
  "script": "prog.sh",
  "arguments": ["--n", 1.0, "--data", "DatasetConsumptionConfig:digits"],
  "target": "local",
  "environment": {
    "environmentVariables": {"FOO": "a b"},
    "python": {"userManagedDependencies": true, "interpreterPath": "sh"},
    "docker": {"enabled": false, "baseImageRegistry":
      {"address": "r", "username": "me", "password": "s3cret"}}
  },
  "data": {"digits": {"dataLocation": {"dataset": {"id": "1"}},
    "environmentVariableName": "DATA"}}
}
END
# The snapshot is a copy of the user's files, that one left out.
echo .azureml >src/.amlignore
here=$(pwd -P)
code 0 hdrive submit sweep.yml -c local --path src --dataset digits=digits --name one
seen=.hdrive/one/000000/outputs/seen
has $seen "^FOO=a b DATA=$here/digits --n 1.0 --data $here/digits --x"
# Nothing of it is needed again, and secrets are nowhere.
rm -r src/.azureml
code 0 hdrive resume one --max-trials 2
has .hdrive/one/000001/outputs/seen "^FOO=a b DATA=$here/digits --n 1.0"
code 0 hdrive show one --json
has out '"arguments":\["--n",1,"--data","DatasetConsumptionConfig:digits"\]'
hasnt out s3cret
! grep -rq s3cret .hdrive || fail 'the password is in the store'
# A name that is nowhere.
code 3 hdrive submit src/sweep.yml -c nothing
