#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=3 concurrent=1
mkdir precious
echo data >precious/data
script prog <<'END2'
echo acc=0.5
here=$1
cd outputs
ln -s "$here/precious" out
ln -s / root
ln "$here/precious/data" hard
mkfifo fifo
mknod device c 1 3 2>/dev/null || :
echo x >"$(printf 'new\nline')"
echo x >./-rf
mkdir -p "$(printf '\377\376')/deep/er"
case $HDRIVE_TRIAL in
1) cd .. && rm -r outputs && ln -s "$here/precious" outputs ;;
2) cd ../.. && rm -r checkpoints work && ln -s "$here/precious" work &&
	ln -s "$here/precious" checkpoints ;;
esac
END2
code 0 hdrive submit sweep.yml --name hostile-1 -- ./prog "$PWD"
code 0 hdrive gc --outputs --logs --checkpoints
code 0 hdrive gc --outputs --logs --checkpoints --yes
same "$(find .hdrive/hostile-1/000000/work/outputs -mindepth 1)" ''
same "$(cat precious/data)" data
code 0 hdrive gc @ --sweeps --yes
[ ! -e .hdrive/hostile-1 ] || fail 'the sweep stays'
same "$(ls precious)" data
same "$(cat precious/data)" data
sound
