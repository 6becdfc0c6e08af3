#!/bin/sh
# Hosts are proved as any target is, and what is wrong is said in ssh's words.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up

code 0 hdrive target add hosts ssh hosts=h1,h2:2
code 0 hdrive target show hosts
has out 'hosts  *h1, h2 slots=2'
code 0 hdrive target check hosts
same "$(grep -c '  ok  ' out)" 7
has out 'source  *ok .* on h[12]$'
find "$LAB_DIR"/hosts/*/root/.hdrive-trials >first
code 0 hdrive target check hosts
find "$LAB_DIR"/hosts/*/root/.hdrive-trials >second
# What is kept there is kept once.
[ "$(wc -l <second)" -le $((2 * $(wc -l <first))) ] || fail 'each check leaves something'
sort -u first second >both
code 0 hdrive target check hosts
find "$LAB_DIR"/hosts/*/root/.hdrive-trials | sort -u - both >third
diff both third >&2 || fail 'each check leaves something'

code 0 hdrive target add nofolder ssh hosts=h1 folder=/proc/x
code 1 hdrive target check nofolder --timeout 3s
has out "launch  *FAILED .*host 'h1': cannot use its folder"
hosts off h3
code 0 hdrive target add nobody ssh hosts=h3
code 1 hdrive target check nobody --timeout 9s
has out "launch  *FAILED .*host 'h3': "
has err "'nobody' cannot be used yet: "
same "$(ls -A .hdrive | tr '\n' ' ')" '.gitignore hdrive.db targets.yml '
