/* test_cluster [NAME]: the scripts test_*.sh of tests/cluster, or NAME.sh alone. */
#include "scripts.h"

int main(int argc, char **argv)
{
	return scripts_main("cluster", "test_", argc, argv);
}
