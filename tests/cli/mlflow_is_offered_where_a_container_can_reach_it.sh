#!/bin/sh
# A container that has not our loopback is told of no MLflow server, or a client
# in it would end the script; a user's own server is the user's.
. "$TEST_ROOT/tests/support/cli.sh"

script tool <<'END'
echo "$@"
END
# said NAME=VALUE... -- OPTION...: what the tool is given.
said() {
	env HDRIVE_DIR="$PWD" "$@" image prog >words
}
launch="$TEST_BUILD/hdrive-launch --container"
ours="HDRIVE_MLFLOW=http://x MLFLOW_TRACKING_URI=http://x MLFLOW_RUN_ID=r
	MLFLOW_TRACKING_TOKEN=t"
# shellcheck disable=SC2086 # words of their own
{
	for option in --net=host --network=host; do
		said $ours $launch 3 ./tool $option
		has words '-e MLFLOW_TRACKING_URI'
		has words '-e MLFLOW_TRACKING_TOKEN'
	done
	said $ours $launch 4 ./tool --network host
	has words '-e MLFLOW_TRACKING_URI'
	for option in --rm --net=bridge --network=none; do
		said $ours $launch 3 ./tool $option
		hasnt words MLFLOW
		has words 'image prog$'
	done
	said HDRIVE_MLFLOW=off MLFLOW_TRACKING_URI=http://theirs $launch 3 ./tool --rm
	has words '-e MLFLOW_TRACKING_URI'
}
