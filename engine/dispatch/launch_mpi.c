/*
 * mpirun, which starts MPI's processes where its own or our means reach.
 */
#include "dispatch/launch_modes.h"
#include "dispatch/launch_ranks.h"
#include "dispatch/launch_text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t count_of(const char *const *words)
{
	size_t count = 0;

	while (words && words[count])
		count++;
	return count;
}

/* Behind one another; where the next one goes. */
static const char **add(const char **at, const char *const *words)
{
	size_t count = count_of(words);

	if (count)
		memcpy(at, words, count * sizeof *at);
	return at + count;
}

/*
 * BACKENDS 5: a machine with fewer cores than ranks is no error, ranks are not
 * tied to cores that other trials use too, and root has to say that it is. Of
 * itself Open MPI gives a rank one second from TERM to KILL.
 */
int hd_launch_mpirun(const struct hd_launch_shape *shape,
		     const char *const *more)
{
	static const char root[] = "--allow-run-as-root";
	char processes[24];
	struct hd_launch_text text = { processes, processes + sizeof processes - 1 };
	const char *const head[] = { "mpirun", "-n", processes,
				     "--oversubscribe", "--bind-to", "none",
				     "--mca", "odls_base_sigkill_timeout", "5",
				     geteuid() == 0 ? root : NULL, NULL };
	const char *const rank[] = { hd_launch_self(), "--rank", NULL };
	const char *const *words = (const char *const *)shape->words;
	const char **argv = calloc(20 + count_of(more) + count_of(words),
				   sizeof *argv);
	const char **at = argv;

	if (!argv)
		return 126;
	hd_launch_text_number(&text, shape->workers);
	at = add(at, head);
	at = add(at, more);
	at = add(at, rank);
	add(at, words);
	/* exec takes pointers to char and does not write through them */
	return hd_launch_become((char **)(uintptr_t)argv);
}
