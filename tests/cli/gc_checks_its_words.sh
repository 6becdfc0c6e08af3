#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 3 hdrive gc --logs
sweep total=1
script prog <<'END2'
echo acc=1
END2
code 0 hdrive submit sweep.yml -- ./prog
for keep in best last best: best:0 best:-1 worst:3 3 last:1x; do
	code 2 hdrive gc --keep "$keep"
	has err "'--keep' takes best:K or last:N"
done
for age in 30 d 0d -1d 1.5h 30days 99999999999999999w ''; do
	code 2 hdrive gc --logs --older "$age"
	has err "'--older' takes a whole number and a unit"
done
for age in 90s 30m 12h 30d 4w; do
	code 0 hdrive gc --logs --older $age
done
code 2 hdrive gc --sweeps
code 2 hdrive gc --sweeps --yes
code 2 hdrive gc --sweeps --outputs --older 1d
has err "neither parts of trials nor '--keep best' go with it"
code 2 hdrive gc --sweeps --keep best:1
code 3 hdrive gc no-such-sweep --logs
code 0 hdrive gc @ @ --logs
has out ' of 1 trial in 1 sweep would go'
sound
