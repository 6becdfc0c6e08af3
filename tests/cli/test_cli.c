/* test_cli [NAME]: the scripts of tests/cli, or NAME.sh alone. */
#include "scripts.h"

int main(int argc, char **argv)
{
	return scripts_main("cli", "", argc, argv);
}
