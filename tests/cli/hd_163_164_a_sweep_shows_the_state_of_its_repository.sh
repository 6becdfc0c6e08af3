#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
script prog <<'END2'
[ ! -e .git ] || exit 1
echo acc=0.5
END2
code 0 hdrive submit sweep.yml -- ./prog
code 0 hdrive show --json
hasnt out 'source\.git'
hasnt out 'azureml\.git'

# A repository without a commit, as far as it must be there.
mkdir -p .git/objects .git/refs/heads
echo 'ref: refs/heads/main' >.git/HEAD
cat >.git/config <<'END2'
[core]
	repositoryformatversion = 0
	bare = false
[remote "origin"]
	url = https://me:s3cret@example.org/me/project.git
END2
code 0 hdrive submit sweep.yml -- ./prog
code 0 hdrive show --json
for property in azureml.git.repository_uri=https://example.org/me/project.git \
	mlflow.source.git.repoURL=https://example.org/me/project.git \
	azureml.git.branch=main mlflow.source.git.branch=main azureml.git.dirty=True; do
	has out "\"${property%%=*}\":\"${property#*=}\""
done
has out '"ContentSnapshotId":"[0-9a-f]\{64\}"'
grep -rq s3cret .hdrive && fail 'the password is in the store'
code 0 hdrive show
has out '^property    azureml.git.branch = main$'
has out "^source      $PWD\$"
has out "^snapshot    $PWD/.hdrive/.snapshots/[0-9a-f]*\$"
