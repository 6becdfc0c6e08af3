#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=6
hdrive create sweep.yml --name night >name
hdrive ask night >first
hdrive ask night >second
hdrive tell night 0 --failed
for words in 'resume night' 'retry night --failed' 'update night -j 4' 'logs night'; do
	# shellcheck disable=SC2086
	code 2 hdrive $words
	has err 'is a study, whose trials others run'
done
code 2 hdrive submit sweep.yml --name night --or-resume -- true
has err "is taken by a study, whose trials others run"
code 0 hdrive doctor
hasnt out '^problem'
hasnt out '^warning  \(sweep\|folders\)'
code 0 hdrive doctor --fix
hasnt out 'night'
code 0 hdrive status night
has out 'others run its trials: hdrive ask night'
hasnt out 'engine'
code 0 hdrive status night --json
has out '"study":true'
code 8 hdrive status night --exit-status
code 0 hdrive ls
has out '^night  *Running  *1/6 '
code 0 hdrive gc night --outputs --yes
has out 'kept: it is a study that has not ended'

code 0 hdrive cancel night 1 0
same "$(cat out)" 1
has err 'the others do not run'
hdrive ask night >third
code 0 hdrive cancel night
same "$(cat out)" 1
code 0 hdrive cancel night
has err 'nothing to cancel'
code 10 hdrive ask night
has err 'has been ended'
code 10 hdrive report night 2 1
code 0 hdrive tell night 2 1
has err 'nothing was changed'
code 2 hdrive enqueue night -p x=1 -p 'tag=a b'
code 130 hdrive wait night
hdrive_gone() {
	hdrive gc --sweeps --older 1s --yes && [ "$(hdrive ls | wc -l)" -le 1 ]
}
within 60 hdrive_gone

# And the other way round.
script prog <<'END'
echo acc=0.5
END
code 0 hdrive submit sweep.yml --name engines -- ./prog
for words in 'ask engines' 'tell engines 0 1' 'report engines 0 1'; do
	# shellcheck disable=SC2086
	code 3 hdrive $words
	has err 'is no study: hdrive runs its trials itself'
done
code 0 hdrive status engines --json
has out '"study":false'
