#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

made_up_gpus
export CUDA_VISIBLE_DEVICES=0,1
mkdir here
script prog <<'END'
gpu=$CUDA_VISIBLE_DEVICES
mkdir "$1/here/$gpu-$HDRIVE_TRIAL"
ls "$1/here" | grep -c "^$gpu-" >"$1/seen-$gpu.$HDRIVE_TRIAL"
sleep 0.2
rmdir "$1/here/$gpu-$HDRIVE_TRIAL"
echo acc=1
END
most() {
	cat seen-"$1".* | sort -n | tail -n 1
}

sweep total=12 concurrent=12
code 0 hdrive submit sweep.yml --gpus 0:2,1 -- ./prog "$PWD"
has err 'note: 3 at a time: 2 GPUs with 3 places, 1 for each trial$'
hasnt err 'trials at once on'
[ "$(most 0)" -le 2 ] || fail "$(most 0) trials shared GPU 0"
same "$(most 1)" 1
same "$(find . -maxdepth 1 -name 'seen-*' | wc -l)" 12

rm -f seen-*
code 0 hdrive submit sweep.yml --gpus auto:2 -j 3 -- ./prog "$PWD"
has err ', 3 at a time'
hasnt err 'at a time:'
[ "$(most 0)" -le 2 ] || fail "$(most 0) trials shared GPU 0"
[ "$(most 1)" -le 2 ] || fail "$(most 1) trials shared GPU 1"
