#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 0 hdrive run -p x=1,2 -m min:loss --name one -- sh -c 'echo loss=1'
code 0 hdrive run -p y=1,2,3 -m min:loss --name two -- sh -c 'echo loss=1'
inside() {
	(cd "$1" && find . -type d | sort | tr '\n' ' ')
}
code 0 hdrive export one --tensorboard board
same "$(inside board)" '. ./000000 ./000001 '
# An earlier export gives way, and an empty folder; nothing of it stays.
code 0 hdrive export two --tensorboard board
same "$(inside board)" '. ./000000 ./000001 ./000002 '
code 0 hdrive export one --tensorboard board//
same "$(inside board)" '. ./000000 ./000001 '
mkdir empty
code 0 hdrive export one --tensorboard empty
same "$(inside empty)" '. ./000000 ./000001 '
# Anything else does not, however deep it lies.
for stray in notes events.out.tfevents.1.host 000001/model.bin 000000/events.out.tfevents.2; do
	echo mine >"board/$stray"
	code 2 hdrive export two --tensorboard board
	has err "'board' is there already and has '$stray', which is of no earlier export"
	same "$(cat "board/$stray")" mine
	rm "board/$stray"
done
ln -s one board/link
code 2 hdrive export two --tensorboard board
rm board/link
mkdir board/runs
code 2 hdrive export two --tensorboard board
rmdir board/runs
same "$(inside board)" '. ./000000 ./000001 '
echo text >file
code 2 hdrive export one --tensorboard file
has err "'file' is there already, and no folder"
same "$(cat file)" text
ln -s board link
code 2 hdrive export one --tensorboard link
code 2 hdrive export one --tensorboard board --optuna study.db
code 2 hdrive export one two --tensorboard board
code 2 hdrive export one --tensorboard ''
code 3 hdrive export three --tensorboard other
[ ! -e other ] || fail 'something was written'
code 3 hdrive export one --tensorboard nowhere/board
# A sweep that runs, has trials that wait, or none that logged.
sweep
code 0 hdrive create sweep.yml --name three
code 0 hdrive ask three
code 0 hdrive export three --tensorboard other
/usr/bin/python3 "$TEST_ROOT/tests/support/tfevents.py" read other >events
has events '"end": 3'
has events '"metrics": \["acc"\]'
same "$(find . -name '*.tmp')" ''
