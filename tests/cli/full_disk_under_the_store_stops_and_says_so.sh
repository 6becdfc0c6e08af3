#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

mkdir small
mount -t tmpfs -o size=1m none small 2>/dev/null || exit 77
trap 'umount small' EXIT

sweep
script prog <<'END'
seq 100000 | sed 's/^/acc=/'
sleep 100
END
code 1 hdrive --db small/a.db submit sweep.yml --name full -- ./prog
has err "hdrive: store '.*small/a.db': database or disk is full"
# Whether there was room left to note the end is a matter of bytes.
/usr/bin/python3 - <<-'END'
	import sqlite3
	store = sqlite3.connect("small/a.db")
	assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
END
code 0 hdrive --db small/a.db show full
has out 'disk is full\|engine gone'
# A disk that is full before there is a store.
rm -rf small/*
! head -c 2000000 /dev/zero >small/fill 2>told || fail "the disk is larger than thought"
code 1 hdrive --db small/b.db submit sweep.yml -- true
has err 'full\|No space'
