#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
script prog <<'END2'
wc -c <data/train.bin
echo acc=0.5
END2
mkdir data
truncate -s 301M data/train.bin
code 2 hdrive submit sweep.yml -- ./prog
has err 'holds 301 MiB in [0-9] files, and a snapshot of it at most 300.0 MiB: '
has err ": largest are 'data/' (301 MiB), "
has err '\.amlignore .* --snapshot-limit, .* --no-snapshot$'
[ ! -e .hdrive/.snapshots ] || fail 'something was made for it'
code 2 hdrive submit sweep.yml --snapshot-limit 300M,2 -- ./prog
has err 'at most'

# Words that are none.
for word in 0 x 3X '1G,' 1G,0 1G,x -1 ''; do
	code 2 hdrive submit sweep.yml --snapshot-limit "$word" -- ./prog
	has err "'--snapshot-limit' takes a size"
done
code 2 hdrive submit sweep.yml --snapshot-limit 1G --no-snapshot -- ./prog

# The ways out.
truncate -s 3M data/train.bin
code 2 hdrive submit sweep.yml --snapshot-limit 2MiB -- ./prog
has err 'at most 2.0 MiB: '
code 2 hdrive submit sweep.yml --snapshot-limit 1G,2 -- ./prog
has err 'at most 2 files: '
for word in 4M 4096K 1G,20 none; do
	code 0 hdrive submit sweep.yml --name "with-${word%,*}" --snapshot-limit $word -- ./prog
	same "$(head -n 1 ".hdrive/with-${word%,*}/000000/stdout")" 3145728
done
code 0 hdrive submit sweep.yml --name as-it-is --no-snapshot -- ./prog
code 0 hdrive show as-it-is --json
has out '"snapshot":null'
hasnt out ContentSnapshotId
same "$(readlink .hdrive/as-it-is/000000/work/prog)" "$PWD/prog"
