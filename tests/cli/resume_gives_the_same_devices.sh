#!/bin/sh
# An engine that is killed leaves a trial with GPU 0: the next one knows.
. "$TEST_ROOT/tests/support/cli.sh"

made_up_gpus
export CUDA_VISIBLE_DEVICES=0,1
mkdir held
script prog <<'END'
device=$CUDA_VISIBLE_DEVICES
mkdir "$1/held/$device" || exit 9
echo "$HDRIVE_DEVICES" >>"$1/seen"
if [ "$HDRIVE_TRIAL" = 0 ]; then
	echo acc=0.5
	for i in $(seq 600); do [ ! -e "$1/go" ] || break; sleep 0.1; done
fi
[ "$(wc -l <"$1/seen")" -lt 5 ] || touch "$1/go"
rmdir "$1/held/$device"
echo acc=1
END
sweep total=6 concurrent=4
hdrive submit sweep.yml --name gpus --gpus 1,0 -j 1 -- ./prog "$PWD" >out 2>err &
engine=$!
within 60 grep -q leads err
kill -KILL $engine
wait $engine || [ $? = 137 ]
same "$(cat seen)" 'GPU 1'

code 0 hdrive resume gpus -j 4
has err '2 at a time: 2 GPUs, 1 for each trial; 4 were asked for'
has err ', 0 failed'
same "$(grep -c 'GPU 1' seen)" 1
same "$(grep -c 'GPU 0' seen)" 5
sound
