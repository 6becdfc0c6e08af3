# What a trial of several machines is tried with; sourced behind frame.sh.
# shellcheck shell=sh

cat >sweep.yml <<'END'
sampling:
  type: random
  parameter_space:
  - {name: x, expression: uniform, values: [0, 1]}
policy: {type: NoTerminationPolicy}
primary_metric_name: acc
primary_metric_goal: maximize
max_total_runs: 1
END

# torch's init_method env://, with sockets alone: rank 0 listens, the others
# come, and none goes on before all are there.
cat >meet.py <<'END'
import os, socket, sys, time

rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
at = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
me = "%d:%s:%s" % (rank, os.environ["LOCAL_RANK"], os.environ["NODE_RANK"])
if rank == 0:
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("", at[1]))
    door.listen(size)
    guests = [door.accept()[0] for _ in range(size - 1)]
    print("met", *sorted([me] + [g.makefile().readline().strip() for g in guests]), flush=True)
    for guest in guests:
        guest.sendall(b"go\n")
else:
    for _ in range(300):
        try:
            guest = socket.create_connection(at, 10)
            break
        except OSError:
            time.sleep(0.1)
    guest.sendall((me + "\n").encode())
    guest.makefile().readline()
print("acc=0.%d" % (5 + rank), flush=True)
if os.environ.get("BAD") == str(rank):
    sys.exit(7)
time.sleep(float(os.environ.get("WAIT", 0)))
END

# All doors for a metric: each rank goes through each.
cat >doors.py <<'END'
import os, subprocess
import hdrive, mlflow
from azureml.core import Run

rank = int(os.environ["RANK"])
print("acc=0.%d" % (5 + rank), flush=True)
hdrive.log(module=rank)
Run.get_context().log("azure", rank)
mlflow.log_metric("flow", rank)
subprocess.run(["hdrive", "log", "command=%d" % rank], check=True)
END

# runconfig NAME LINE...
runconfig() {
	file=$1.runconfig
	shift
	printf '%s\n' 'target: lab' 'script: meet.py' "$@" >"$file"
}
runconfig torch 'framework: PyTorch' 'nodeCount: 3' 'pytorch: {processCount: 4}'
runconfig bad 'framework: PyTorch' 'nodeCount: 2' \
	'environment: {environmentVariables: {BAD: "1"}}'
runconfig wait 'framework: PyTorch' 'nodeCount: 2' \
	'environment: {environmentVariables: {WAIT: "600"}}'
runconfig brief 'framework: PyTorch' 'nodeCount: 2' \
	'environment: {environmentVariables: {WAIT: "5"}}'
runconfig mpi 'communicator: OpenMpi' 'nodeCount: 3' 'mpi: {processCountPerNode: 2}'

# ranks_are_right: the same wherever they run.
ranks_are_right() {
	code 0 hdrive submit sweep.yml -c torch --name torch
	has .hdrive/torch/000000/stdout '^met 0:0:0 1:1:0 2:0:1 3:0:2$'
	has .hdrive/torch/000000/rank-3.log '^acc=0.8$'
	code 0 hdrive metrics torch
	has out 'acc  *1  *0.5  *0.5'

	hdrive submit sweep.yml -c bad --name bad >out 2>err || :
	has err 'FAILED exit 7'
	has .hdrive/bad/000000/stderr 'rank 1 on .* ended with status 7, its output is in rank-1'
	has .hdrive/bad/000000/rank-1.log '^acc=0.6$'

	hdrive submit sweep.yml -c wait --name wait >out 2>err &
	engine=$!
	within 30 grep -q '^acc' .hdrive/wait/000000/stdout
	code 0 hdrive cancel wait
	wait "$engine" || :
	within 20 none_ours

	code 0 hdrive submit sweep.yml -c wait --name doors -- doors.py
	code 0 hdrive metrics doors
	for door in acc module azure flow command; do
		has out " $door  *1 "
	done
	hasnt .hdrive/doors/000000/rank-1.log Error

	# An engine that dies changes nothing for them.
	hdrive submit sweep.yml -c brief --name brief >out 2>err &
	engine=$!
	within 30 grep -q '^acc' .hdrive/brief/000000/stdout
	kill -9 "$engine"
	killed "$engine"
	code 0 hdrive resume brief
	same "$(grep -c '^met' .hdrive/brief/000000/stdout)" 1
	has .hdrive/brief/000000/rank-1.log '^acc=0.6$'
	[ ! -e .hdrive/brief/000000/attempts ] || fail 'it was started twice'

	if has_programs mpirun; then
		code 0 hdrive submit sweep.yml -c mpi --name mpi -- \
			sh -c 'echo "acc=0.$RANK"; echo "$LOCAL_RANK $NODE_RANK of $WORLD_SIZE"'
		has .hdrive/mpi/000000/stdout '^acc=0.0$'
		has .hdrive/mpi/000000/rank-5.log '^1 2 of 6$'
	fi
	nothing_left
}
