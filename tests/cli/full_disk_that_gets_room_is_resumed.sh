#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

mkdir small
mount -t tmpfs -o size=1m none small 2>/dev/null || exit 77
trap 'umount small' EXIT

# Values enough to fill it; what is left to do is done once there is room.
sweep total=4 concurrent=2
script prog <<'END2'
seq 5000 | sed 's/^/acc=/'
echo done >>"$1"
END2
code 1 hdrive --db small/a.db submit sweep.yml --name full -- ./prog "$PWD/done"
has err 'disk is full\|No space'
code 1 hdrive --db small/a.db resume full
mount -o remount,size=100m small
code 0 hdrive --db small/a.db resume full
has err '4 completed, 0 failed'
code 0 hdrive --db small/a.db metrics full --csv
same "$(grep -c acc out)" 20000
same "$(grep acc out | cut -d, -f1,4 | sort -u | wc -l)" 20000
sound small/a.db
