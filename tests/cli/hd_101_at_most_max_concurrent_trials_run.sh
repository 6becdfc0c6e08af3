#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=9 concurrent=3
mkdir here
script prog <<'END'
cd "$1"
mkdir "here/$HDRIVE_TRIAL"
ls here | wc -l >"seen.$HDRIVE_TRIAL"
sleep 0.1
rmdir "here/$HDRIVE_TRIAL"
echo acc=1
END
code 0 hdrive submit sweep.yml -- ./prog "$PWD"
most=$(cat seen.* | sort -n | tail -n 1)
[ "$most" -le 3 ] || fail "$most ran at once"
rm -f seen.*
code 0 hdrive submit sweep.yml -j 1 -- ./prog "$PWD"
same "$(cat seen.* | sort -n | tail -n 1)" 1
