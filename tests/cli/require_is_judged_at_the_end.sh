#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=3
code 0 hdrive submit sweep.yml --require 'best>=0.5' --require 'failed == 0' \
	--require completed==3 -- echo acc=0.5
code 7 hdrive submit sweep.yml --require 'best>0.5' --require failed==1 -- echo acc=0.5
has err "^hdrive: required 'best>0.5': it is 0.5$"
has err "^hdrive: required 'failed==1': it is 0$"
code 7 hdrive submit sweep.yml --require 'best>=0.5' -- true
has err "^hdrive: required 'best>=0.5': no trial has the primary metric$"
# What holds changes nothing: there is still no metric.
code 4 hdrive submit sweep.yml --require 'completed==3' -- true
code 7 hdrive resume @ --require 'completed==4'

# What is no requirement is told before anything is made.
code 2 hdrive submit sweep.yml --name never --require 'best=1' -- true
has err "^hdrive: --require: '=1' is no comparison behind 'best'"
code 3 hdrive show never
