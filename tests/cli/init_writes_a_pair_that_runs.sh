#!/bin/sh
# sweep.yml and a run configuration, from nothing and from a script's --help.
. "$TEST_ROOT/tests/support/cli.sh"

code 0 hdrive init
has out '^sweep.yml$'
code 0 hdrive validate sweep.yml --strict --azure
code 2 hdrive init --from train.py
has err "'sweep.yml' is there already: --force replaces it"
rm -r sweep.yml .azureml
code 3 hdrive init --from train.py
[ ! -e sweep.yml ] || fail 'a file was made'
cat >train.py <<'END'
import argparse

parser = argparse.ArgumentParser(
    formatter_class=argparse.ArgumentDefaultsHelpFormatter)
parser.add_argument("-l", "--rate", type=float, default=0.01, help="how fast " * 30)
parser.add_argument("--epochs", type=int, default=10, help="how long")
parser.add_argument("--opt", choices=["adam", "s g\"d"], default="adam", help="how")
parser.add_argument("--layers", type=int, choices=[1, 2], help="how many")
parser.add_argument("--data", default="/data", help="where")
parser.add_argument("--talk", action="store_true", help="or not")
args = parser.parse_args()
print("loss=%g" % args.rate)
END
code 0 hdrive init --from train.py --metric min:loss
has sweep.yml 'name: --rate, expression: loguniform, values: \[-6.908, -2.303\]'
has sweep.yml 'name: --epochs, expression: choice, values: \[5, 10, 20\]'
has sweep.yml 'name: --opt, expression: choice, values: \["adam", "s g\\"d"\]'
has sweep.yml 'name: --layers, expression: choice, values: \[1, 2\]'
has sweep.yml '# - {name: --data,'
has sweep.yml '# --talk is a switch'
hasnt sweep.yml 'name: -h'
code 0 hdrive validate sweep.yml --strict --azure
code 0 hdrive submit sweep.yml -c local --set max_total_runs=2 --name made
code 0 hdrive best made
code 2 hdrive init --metric loss --force
has err "'--metric' must be min:NAME or max:NAME, got 'loss'"
# A script that never answers is not waited for ever; one that fails is said.
printf 'import sys; sys.exit(3)\n' >mute.py
code 1 hdrive init --from mute.py --force
has err "'mute.py --help' tells nothing: it printed nothing"
has sweep.yml 'name: --rate'
