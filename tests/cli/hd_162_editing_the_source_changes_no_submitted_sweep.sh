#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Trial 0 edits the source behind the sweep's back: the later ones know nothing
# of it, nor does a resume, even when the source is gone.
mkdir project
cd project
sweep total=3 concurrent=1
mkdir lib
echo 'say=old' >lib/settings
script prog <<END2
. ./lib/settings
echo "\$say"
printf '#!/bin/sh\nexit 9\n' >'$PWD/prog'
echo 'say=new' >'$PWD/lib/settings'
echo 'say=new' >'$PWD/lib/more'
echo acc=0.5
END2
code 0 hdrive submit sweep.yml --name a -- ./prog
for trial in 0 1 2; do
	same "$(head -n 1 .hdrive/a/00000$trial/stdout)" old
done
[ ! -e .hdrive/a/source/lib/more ] || fail 'the snapshot took in a new file'
has prog 'exit 9'

mv .hdrive ../store
cd ..
rm -r project
code 0 hdrive --db store/hdrive.db resume a --max-trials 4
same "$(head -n 1 store/a/000003/stdout)" old

# A file of the snapshot is nobody's to write to, but work/ is.
mkdir other
cd other
sweep total=1
echo mine >state
script prog <<'END2'
[ "$(id -u)" = 0 ] || if echo yours 2>/dev/null >state; then exit 3; fi
echo new >results
rm state
echo yours >state
echo acc=0.5
END2
code 0 hdrive submit sweep.yml --name b -- ./prog
same "$(cat state)" mine
same "$(cat .hdrive/b/000000/work/state)" yours
[ ! -e results ] || fail 'it wrote to the source'
