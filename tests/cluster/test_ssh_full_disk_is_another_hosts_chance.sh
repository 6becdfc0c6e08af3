#!/bin/sh
# A host whose disk is full gets no trials and says why; others do the work. One that
# a trial fills up is that trial's failure alone.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
sweep total=6 concurrent=3 type=grid
sed -i -e '/name: tag/d' -e 's/values: \[1.*/values: [1, 2, 3, 4, 5, 6]}/' sweep.yml
# /mnt of a host is small.
code 0 hdrive target add lab ssh hosts='h1 slots=2' hosts='h2 slots=1' folder=/mnt/trials

ssh h1 'dd if=/dev/zero of=/mnt/fill bs=64k' 2>/dev/null || :
code 0 hdrive submit sweep.yml --backend lab --name full -- sh -c 'hdrive log acc=1'
has err "host 'h1': cannot"
has err 'No space left on device'
counted full
same "$(grep -l '"h1"' .hdrive/full/*/place-1 || :)" ''

# There is room again: it has its share.
ssh h1 'rm /mnt/fill'
code 0 hdrive submit sweep.yml --backend lab --name room -- sh -c 'hdrive log acc=1; sleep 1'
grep -q '"h1"' .hdrive/room/*/place-1 || fail 'h1 had no trial'

# A trial that fills the disk fails, and those after it run.
code 0 hdrive target add --force lab ssh hosts='h1 slots=1' folder=/mnt/trials
cat >greedy.sh <<'END'
hdrive log acc=1
if [ "$2" = 2 ]; then
	dd if=/dev/zero of=outputs/big bs=64k 2>/dev/null || { rm outputs/big; exit 9; }
fi
END
code 0 hdrive submit sweep.yml --backend lab --name greedy --set max_concurrent_runs=1 -- \
	sh greedy.sh
counted greedy
same "$(trials greedy | cut -d ' ' -f 2 | sort | uniq -c | tr -s ' ' | tr '\n' ,)" \
	' 5 Completed, 1 Failed,'
nothing_left
same "$(ssh h1 ls /mnt/trials)" "$(printf 'parts\nstage')"
