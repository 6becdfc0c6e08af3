#!/bin/sh
# A stand-in for the tool: what it is told, and what then runs.
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1 concurrent=1
mkdir bin
script bin/podman <<'END'
echo "$*" >&2
while [ "$1" != image:1 ]; do shift; done
shift
exec "$@"
END
PATH=$PWD/bin:$PATH
echo 'echo acc=1 "$@"' >train.sh
cat >box.runconfig <<'END'
script: train.sh
environment:
  environmentVariables: {FOO: bar}
  python: {userManagedDependencies: true, interpreterPath: sh}
  docker: {enabled: true, baseImage: 'image:1', shmSize: 1g, arguments: [--net, none]}
END
code 0 hdrive submit sweep.yml -c box --name bare
has err 'warning: the container is left out, trials run bare'
same "$(cat .hdrive/bare/000000/stderr)" ''
code 0 hdrive submit sweep.yml -c box --allow-docker --name boxed
said=.hdrive/boxed/000000/stderr
folder=$(pwd -P)/.hdrive/boxed/000000
has $said "^run --rm -v $folder:$folder -v .*:$(pwd -P)/.hdrive/boxed/source:ro "
has $said " -w $folder/work .* -e HDRIVE_METRICS "
has $said ' -e FOO --shm-size 1g --net none image:1 sh train.sh --x '
code 0 hdrive metrics boxed
has out 'acc  *1  *1'
