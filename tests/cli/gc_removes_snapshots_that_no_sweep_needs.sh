#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
script prog <<'END2'
echo acc=0.5
END2
snapshots() {
	find .hdrive/.snapshots -mindepth 1 -maxdepth 1 -type d ! -name objects | wc -l
}
code 0 hdrive submit sweep.yml --name one -- ./prog
code 0 hdrive submit sweep.yml --name same -- ./prog
head -c 100000 /dev/zero >big
code 0 hdrive submit sweep.yml --name two -- ./prog
same "$(snapshots)" 2
code 0 hdrive gc --snapshots --yes
same "$(snapshots)" 2

# One that another sweep runs in stays; files that others have stay too.
code 0 hdrive gc one --sweeps --yes
same "$(snapshots)" 2
code 0 hdrive gc two --sweeps
has out '^snapshots             1 of no sweep  1[0-9][0-9] KiB$'
same "$(snapshots)" 2
code 0 hdrive gc two --sweeps --yes
has out '^snapshots             1 of no sweep  1[0-9][0-9] KiB$'
same "$(snapshots)" 1
code 0 hdrive resume same --max-trials 2
code 0 hdrive gc same --sweeps --json --yes
has out '"name":"snapshots","has_row":false,.*"snapshots":1,"failed":0'
same "$(snapshots)" 0
same "$(find .hdrive/.snapshots -name 'cache-*' -o -path '*/objects/*' | wc -l)" 0

# What goes with it and what does not.
code 2 hdrive gc --snapshots --older 1d
code 2 hdrive gc --snapshots --sweeps

# One that is gone is said, by whoever needs it.
code 0 hdrive submit sweep.yml --name lost -- ./prog
rm -r .hdrive/.snapshots
code 0 hdrive doctor
has out "^warning  snapshots .*'lost' ran in is gone: there is no folder '$PWD/.hdrive/.snapshots/"
code 3 hdrive resume lost --max-trials 2
has err "the snapshot that sweep 'lost' runs in is gone: there is no folder '$PWD/.hdrive/"
