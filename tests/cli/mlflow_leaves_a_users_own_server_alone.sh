#!/bin/sh
# Who has a server keeps it; who wants none gets none; a sweep inside a trial
# has its own.
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
script prog <<'END'
env | grep -E '^(MLFLOW_|HDRIVE_MLFLOW|no_proxy|NO_PROXY)' | sort
echo acc=1
END
seen() {
	cat .hdrive/"$1"/000000/stdout
}
code 0 hdrive submit sweep.yml --name ours-1 -- ./prog
seen ours-1 >vars
has vars '^MLFLOW_TRACKING_URI=http://127.0.0.1:[0-9]*$'
has vars '^MLFLOW_RUN_ID=HD_.*_0$'
has vars '^MLFLOW_EXPERIMENT_NAME=ours-1$'
has vars '^MLFLOW_TRACKING_USERNAME=hdrive$'
same "$(grep -cE '^MLFLOW_TRACKING_(TOKEN|PASSWORD)=[0-9a-f]{48}$' vars)" 2
hasnt vars proxy

code 0 env MLFLOW_TRACKING_URI=http://example.invalid MLFLOW_RUN_ID=mine \
	hdrive submit sweep.yml --name mine-1 -- ./prog
same "$(seen mine-1 | grep -v acc)" 'MLFLOW_RUN_ID=mine
MLFLOW_TRACKING_URI=http://example.invalid'

code 0 env HDRIVE_MLFLOW=off MLFLOW_RUN_ID=mine \
	hdrive submit sweep.yml --name off-1 -- ./prog
same "$(seen off-1 | grep -v acc)" 'HDRIVE_MLFLOW=off
MLFLOW_RUN_ID=mine'

code 0 env http_proxy=http://proxy.invalid no_proxy=here \
	hdrive submit sweep.yml --name proxy-1 -- ./prog
seen proxy-1 >vars
has vars '^no_proxy=here,127.0.0.1$'
has vars '^NO_PROXY=here,127.0.0.1$'

code 0 env HDRIVE_MLFLOW=uri hdrive submit sweep.yml --name java-1 -- ./prog
seen java-1 >vars
has vars '^MLFLOW_TRACKING_URI=http://hdrive:[0-9a-f]\{48\}@127.0.0.1:[0-9]*$'

# Where the server is not there, no client is sent to look for it.
mkdir alone
cp "$TEST_BUILD/hdrive-launch" alone/
code 0 env HDRIVE_LAUNCHER="$PWD/alone/hdrive-launch" \
	hdrive submit sweep.yml --name none-1 -- ./prog
hasnt .hdrive/none-1/000000/stdout MLFLOW

cp sweep.yml inner.yml
cp prog inner
cat >outer <<-'END'
	#!/bin/sh
	echo "$MLFLOW_TRACKING_URI" >"$PLACE/outer.uri"
	cd "$PLACE" && hdrive submit inner.yml --db inner.db --name in-1 -- ./inner
	echo acc=1
END
chmod +x outer
PLACE=$PWD
export PLACE
code 0 hdrive submit sweep.yml --name out-1 -- ./outer
grep '^MLFLOW_TRACKING_URI=' in-1/000000/stdout >inner.uri ||
	fail "no server for the inner trial"
hasnt inner.uri "$(cat outer.uri)\$"
has in-1/000000/stdout 'MLFLOW_EXPERIMENT_NAME=in-1'
sound
