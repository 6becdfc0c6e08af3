#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=12
script prog <<'END2'
for i in $(seq 60); do echo acc=0.$i; done
END2
code 0 hdrive submit sweep.yml --name brave-otter-1 -- ./prog
# spoil TREE: noise over the last page of that table or index, or its root.
spoil() {
	/usr/bin/python3 - "$1" <<-'END2'
		import sqlite3, sys
		store = sqlite3.connect(".hdrive/hdrive.db")
		store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
		page = store.execute("SELECT max(pageno) FROM dbstat WHERE name = ?"
		                     " AND pagetype = 'leaf'", sys.argv[1:]).fetchone()[0]
		store.close()
		with open(".hdrive/hdrive.db", "r+b") as file:
		    file.seek((page - 1) * 4096)
		    file.write(bytes(range(256)) * 16)
	END2
}
/usr/bin/python3 -c 'import sqlite3
sqlite3.connect(":memory:").execute("SELECT * FROM dbstat")' 2>/dev/null || exit 77

# An index: nothing is lost.
spoil trial_state
code 1 hdrive doctor
has out "^problem  store        .* is damaged: "
has out "run 'hdrive doctor --fix'"
same "$(find .hdrive -name '*damaged*')" ''
code 0 hdrive doctor --fix
has out "^mended   store        copied the damaged store to 'hdrive.db.damaged-20"
hasnt out ' lost$'
code 0 hdrive doctor
code 0 hdrive status --exit-status
sound

# A table: its other rows stay, and what was lost is told.
spoil metric
code 1 hdrive doctor
code 0 hdrive doctor --fix
has out "^mended   store        table 'metric': [0-9]* rows read, "
has out '^mended   store        moved the new store into place'
has out "copied the damaged store to 'hdrive.db.damaged-[0-9]*.1'"
code 0 hdrive best
code 0 hdrive metrics brave-otter-1
sound

# The first page, which says where the tables lie, as a bad start of a disk
# would leave it.
code 0 hdrive ls --json
cp out before
/usr/bin/python3 -c 'import sqlite3
sqlite3.connect(".hdrive/hdrive.db").execute("PRAGMA wal_checkpoint(TRUNCATE)")'
dd if=/dev/zero of=.hdrive/hdrive.db bs=4096 count=1 conv=notrunc 2>/dev/null
code 1 hdrive doctor
has out '^problem  store .* is not a database'
code 0 hdrive doctor --fix
has out '^mended   store        the first page is damaged'
code 0 hdrive ls --json
cmp -s out before || fail 'another answer than before'
sound

# Drafts of a mending that was interrupted.
touch -d '2 hours ago' .hdrive/hdrive.db.mended.tmp
code 0 hdrive doctor
has out '^warning  drafts .*hdrive.db.mended.tmp'
code 0 hdrive doctor --fix
has out '^mended   drafts '
[ ! -e .hdrive/hdrive.db.mended.tmp ] || fail 'the draft stays'

# Nothing but noise is left: told, not made worse.
printf 'this is no store' >.hdrive/hdrive.db
rm -f .hdrive/hdrive.db-*
code 1 hdrive doctor --fix
has out '^problem  store '
same "$(cat .hdrive/hdrive.db)" 'this is no store'
