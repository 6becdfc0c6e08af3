#!/bin/sh
# With Open MPI itself where it is; else with a stand-in of its ranks.
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1 concurrent=1
script worker <<'END'
echo "acc=0.$((5 + RANK))"
echo "$RANK of $WORLD_SIZE at $MASTER_ADDR:$MASTER_PORT"
[ "$RANK" = 0 ] || exit "${STATUS:-0}"
END
cat >mpi.runconfig <<'END'
communicator: OpenMpi
mpi: {processCountPerNode: 2}
END
if ! command -v mpirun >/dev/null 2>&1; then
	code 2 hdrive submit sweep.yml -c mpi -- ./worker
	has err "mpi.runconfig:1:15: 'mpirun' is not in PATH: install Open MPI"
	[ ! -e .hdrive ] || fail 'a store was made'
	mkdir bin
	# "-n N" and flags, then the program: N of them, one after another.
	script bin/mpirun <<'END'
size=$2
shift 5
[ "$1" != --allow-run-as-root ] || shift
rank=0
while [ "$rank" -lt "$size" ]; do
	OMPI_COMM_WORLD_RANK=$rank OMPI_COMM_WORLD_SIZE=$size "$@" || exit
	rank=$((rank + 1))
done
END
	PATH=$PWD/bin:$PATH
fi
code 0 hdrive submit sweep.yml -c mpi --name well -- ./worker
code 0 hdrive metrics well
has out 'acc  *1  *0.5'
has .hdrive/well/000000/stdout '^0 of 2 at 127.0.0.1:[0-9]'
has .hdrive/well/000000/rank-1.log '^1 of 2 at 127.0.0.1:[0-9]'
STATUS=7
export STATUS
hdrive submit sweep.yml -c mpi --name ill -- ./worker >out 2>err || :
has err 'FAILED exit 7'
