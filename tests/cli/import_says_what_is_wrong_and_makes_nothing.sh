#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
# wrong TEXT MESSAGE [ARG...]: of the file x that holds TEXT (printf's).
wrong() {
	# shellcheck disable=SC2059 # the text is a format
	printf "$1" >x
	message=$2
	shift 2
	code 2 hdrive import x --name wrong "$@"
	has err "^hdrive: $message\$"
}
H='trial,state,objective,value,params.x'
wrong '' "'x' is empty"
wrong 'x,acc\n1,2\n' "'x' has no metric: --metric names the column that is one"
wrong 'x,acc\n1,2\n' "whether 'acc' is to be small or large is not said: --goal min or --goal max" \
	--metric acc
wrong 'x,acc\n1,2\n' "'x' has no metric 'ac'; there are: x, acc" --metric ac --goal min
wrong 'x,acc\n1,2\n' "'x' has no column 'y', which --map names" --metric acc --goal min --map y=z
wrong "$H\n0,Completed,min:l,1\n" 'x:2:19: this row has 4 fields, the header has 5'
wrong "$H\n0,Completed,min:l,1,\"2\n" 'x:2:21: the quote that opens here is never closed'
wrong "$H\nzero,Completed,min:l,1,2\n" \
	"x:2:1: 'trial' must be a whole number from 0 up, got 'zero'"
wrong "$H\n0,Complted,min:l,1,2\n" \
	"x:2:3: 'state' must be a state: Completed, Failed, Canceled, ..., got 'Complted'"
wrong "$H\n0,Completed,loss,1,2\n" \
	"x:2:13: 'objective' must be min:METRIC or max:METRIC, got 'loss'"
wrong "$H\n0,Completed,min:l,hm,2\n" "x:2:19: 'value' must be a number, got 'hm'"
wrong "$H\n0,Completed,min:l,1,2\n0,Completed,min:l,1,3\n" \
	'x:3:1: trial 0 is there twice, first at line 2'
wrong "$H\n0,Running,min:l,1,2\n" "none of the 1 trials of 'x' has ended"
wrong '{"x":1,"acc":1}\n{"x":1,\n' "x:2:7: this is not JSON: .*" --metric acc --goal min
wrong '{"x":1,"acc":1}\n[]\n' 'x:2:1: a trial must be an object, {...}' --metric acc --goal min
wrong 'a,a\n1,2\n' "x:1:3: column 'a' is there twice"
code 3 hdrive import nothing.csv
has err "there is no file 'nothing.csv'"
code 2 hdrive import .
has err "'.' is a folder"
# A record that never ends is not read into memory.
{ printf 'a,b\n1,"' && head -c 20000000 /dev/zero | tr '\0' x; } >x
code 2 hdrive import x --goal min
has err '^hdrive: x:2:3: the record is longer than 16 MiB here: is a quote not closed?$'
code 0 hdrive ls
same "$(cat out)" "$(hdrive ls)"
hasnt out wrong
same "$(find .hdrive -mindepth 1 -type d)" ''
# A name that is taken is left as it is.
printf 'x,acc\n1,2\n' >x
code 0 hdrive import x --metric acc --goal min --name taken
code 2 hdrive import x --metric acc --goal min --name taken
has err "the name 'taken' is taken"
code 0 hdrive show taken
