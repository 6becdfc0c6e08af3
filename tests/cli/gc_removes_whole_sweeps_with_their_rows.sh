#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2
script prog <<'END2'
echo acc=0.5
echo x >outputs/model
END2
for name in one two three; do
	code 0 hdrive submit sweep.yml --name $name -- ./prog
done
code 0 hdrive gc --sweeps --keep last:1
has out ' of 4 trials in 2 sweeps would go'
same "$(hdrive ls --json | grep -o '"name":"[a-z]*"' | wc -l)" 3
code 0 hdrive gc --sweeps --older 1d --yes
same "$(tail -n 1 out)" '0 bytes of 0 trials in 0 sweeps removed'
code 0 hdrive gc two --sweeps --yes
[ ! -e .hdrive/two ] || fail 'the folder stays'
code 3 hdrive show two
code 0 hdrive gc --sweeps --keep last:1 --yes
same "$(hdrive ls --json | grep -o '"name":"[a-z]*"')" '"name":"three"'
same "$(find .hdrive -mindepth 1 -maxdepth 1 -type d ! -name ".*")" .hdrive/three

# A crash behind the row's end leaves a folder: found by both, removed when old.
mkdir -p .hdrive/lost/000000
touch -d '2 days ago' .hdrive/lost
code 0 hdrive doctor
has out "^warning  folders .*/lost' is a sweep's folder that no row knows"
code 0 hdrive gc --sweeps --older 3d --yes
[ -e .hdrive/lost ] || fail 'it was not that old'
code 0 hdrive gc --sweeps --older 1d --yes
has out '^lost                  no row knows it  '
[ ! -e .hdrive/lost ] || fail 'it stays'
code 0 hdrive doctor
sound
