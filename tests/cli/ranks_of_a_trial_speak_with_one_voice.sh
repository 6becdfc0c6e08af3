#!/bin/sh
# Processes of one trial find each other; only rank 0's values count, and the
# first that fails ends them all with its status.
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1 concurrent=1
script worker <<'END'
echo "acc=0.$((5 + ${RANK:-0}))"
hdrive log acc=0.4
[ "$WORLD_SIZE $LOCAL_RANK $NODE_RANK" = "3 $RANK 0" ] || exit 9
[ "$MASTER_ADDR" = 127.0.0.1 ] && [ "$MASTER_PORT" -gt 0 ] || exit 9
if [ -n "${FAIL-}" ] && [ "$RANK" = 2 ]; then exit 7; fi
if [ -n "${FAIL-}" ]; then exec sleep 100; fi
END
cat >torch.runconfig <<'END'
framework: PyTorch
pytorch: {processCount: 3}
END
code 0 hdrive submit sweep.yml -c torch --name well -- ./worker
code 0 hdrive metrics well
has out 'acc  *2  *0.5 *0.4'
has .hdrive/well/000000/rank-1.log '^acc=0.6$'
has .hdrive/well/000000/rank-2.log '^acc=0.7$'
FAIL=1
export FAIL
got=0
hdrive submit sweep.yml -c torch --name ill -- ./worker >out 2>err || got=$?
has err 'FAILED exit 7'
has err 'rank 2 ended with status 7, its output is in rank-2.log'
unset FAIL
# A stop reaches all of them.
script worker <<'END'
echo acc=1
exec sleep 100
END
hdrive submit sweep.yml -c torch --name stopped -- ./worker >out 2>err &
within 60 grep -q acc=1 .hdrive/stopped/000000/rank-2.log
code 0 hdrive cancel stopped
wait
code 0 hdrive show stopped 0
has out Canceled
# TensorFlow's form of the same.
script worker <<'END'
echo "$TF_CONFIG" >&2
echo acc=1
END
cat >tf.runconfig <<'END'
framework: TensorFlow
tensorflow: {workerCount: 2, parameterServerCount: 0}
END
code 0 hdrive submit sweep.yml -c tf --name tf -- ./worker
said=.hdrive/tf/000000/stderr
has $said '^{"cluster":{"worker":\["127.0.0.1:[0-9]*","127.0.0.1:[0-9]*"\]},'
has $said '"task":{"type":"worker","index":0}}$'
has .hdrive/tf/000000/rank-1.log '"index":1}}$'
