#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
script prog <<'END2'
echo acc=0.5
for i in $(seq 300); do [ ! -e "$1/go" ] || exit 0; sleep 0.1; done
END2
hdrive submit sweep.yml --name busy-1 -- ./prog "$PWD" >sweep-name 2>told &
engine=$!
within 60 grep -q leads told
# A row that belongs to nobody is damage that the engine does not notice.
/usr/bin/python3 - <<'END2'
import sqlite3
store = sqlite3.connect(".hdrive/hdrive.db", timeout=60)
store.execute("INSERT INTO decision(trial, interval, policy, compared, reason, time)"
              " VALUES(999, 1, 'bandit', 1, '', 1)")
store.commit()
END2
code 1 hdrive doctor
has out "1 of 'decision' belong to no row of 'trial'"
code 1 hdrive doctor --fix
has out 'not mended: 1 sweep under way; end the sweeps that run on it'
same "$(find .hdrive -name '*damaged*')" ''
touch go
wait $engine
code 0 hdrive doctor --fix
has out '^mended   store  '
code 0 hdrive doctor
sound
