/*
 * Several processes for one trial, and containers: the words before its own.
 *
 * hdrive-launch itself is what runs next to each process (launch_ranks.c and
 * launch_container.c): it is where trials run, whatever host that is.
 */
#include "program/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LAUNCHER "hdrive-launch"

static const char *const names[] = {
	[HD_DISTRIBUTION_NONE] = "none",
	[HD_DISTRIBUTION_MPI] = "mpi",
	[HD_DISTRIBUTION_PYTORCH] = "pytorch",
	[HD_DISTRIBUTION_TENSORFLOW] = "tensorflow",
};

const char *hd_distribution_name(enum hd_distribution kind)
{
	return names[kind];
}

bool hd_distribution_find(const char *name, enum hd_distribution *kind)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*kind = (enum hd_distribution)i;
		return true;
	}
	return false;
}

int hd_program_distribute(struct hd_program *program,
			  enum hd_distribution kind, size_t processes,
			  size_t servers, struct hd_error *err)
{
	if (processes < 1 || processes > HD_PROCESSES_MOST ||
	    servers > HD_PROCESSES_MOST)
		return hd_error_set(err, HD_EINVAL,
				    "a trial has from 1 to %d processes, got"
				    " %zu",
				    HD_PROCESSES_MOST,
				    servers > HD_PROCESSES_MOST ? servers
								: processes);
	if (servers && kind != HD_DISTRIBUTION_TENSORFLOW)
		return hd_error_set(err, HD_EINVAL,
				    "parameter servers are TensorFlow's, not"
				    " of '%s'",
				    hd_distribution_name(kind));
	program->distribution = kind;
	program->processes = processes;
	program->servers = servers;
	return 0;
}

/* --- is it there ----------------------------------------------------------- */

bool hd_program_in_path(const char *path, const char *name)
{
	while (path && *path) {
		size_t length = strcspn(path, ":");
		struct hd_buf file = HD_BUF_INIT;
		bool there;

		hd_buf_add(&file, path, length);
		hd_buf_printf(&file, "%s/%s", length ? "" : ".", name);
		there = !hd_buf_failed(&file) &&
			access(hd_buf_text(&file), X_OK) == 0;
		hd_buf_release(&file);
		if (there)
			return true;
		path += length + (path[length] == ':');
	}
	return false;
}

int hd_program_check(const struct hd_program *program, const char *path,
		     struct hd_error *err)
{
	if (path && program->distribution == HD_DISTRIBUTION_MPI &&
	    !hd_program_in_path(path, "mpirun"))
		return hd_error_set(err, HD_ENOENT,
				    "'mpirun' is not in PATH: install Open MPI"
				    " (Debian: openmpi-bin) to run MPI"
				    " programs");
	if (path && program->container_count &&
	    !hd_program_in_path(path, program->container[0]))
		return hd_error_set(err, HD_ENOENT,
				    "'%s' is not in PATH, and is to run the"
				    " trials' container",
				    program->container[0]);
	return 0;
}

/* --- the words --------------------------------------------------------------- */

/* HEAD, COUNT words, before *ARGV. */
static int wrap(char ***argv, const char *const *head, size_t count,
		struct hd_error *err)
{
	*argv = hd_program_join(head, count, *argv);
	return *argv ? 0 : hd_error_nomem(err);
}

static int wrap_container(char ***argv, const struct hd_program *program,
			  const char *launcher, struct hd_error *err)
{
	char count[24];
	const char *const words[] = { launcher, "--container", count };
	int rc;

	snprintf(count, sizeof count, "%zu", program->container_count);
	rc = wrap(argv, program->container, program->container_count, err);
	return rc == 0 ? wrap(argv, words, 3, err) : rc;
}

/*
 * BACKENDS 5: a machine with fewer cores than ranks is no error, ranks are not
 * tied to cores that other trials use too, and root has to say that it is.
 */
static int wrap_mpi(char ***argv, const char *launcher, const char *processes,
		    struct hd_error *err)
{
	const char *const words[] = { "mpirun", "-n", processes,
				      "--oversubscribe", "--bind-to", "none",
				      "--allow-run-as-root" };
	const char *const rank[] = { launcher, "--rank" };
	size_t count = sizeof words / sizeof words[0];
	int rc = wrap(argv, rank, 2, err);

	return rc == 0 ? wrap(argv, words, geteuid() == 0 ? count : count - 1,
			      err)
		       : rc;
}

int hd_program_wrap(char ***argv, const struct hd_program *program,
		    struct hd_error *err)
{
	const char *launcher = program->launcher ? program->launcher : LAUNCHER;
	char processes[24], servers[24];
	const char *const words[] = { launcher, "--processes", processes,
				      servers,
				      hd_distribution_name(
					      program->distribution) };
	int rc = 0;

	snprintf(processes, sizeof processes, "%zu", program->processes);
	snprintf(servers, sizeof servers, "%zu", program->servers);
	if (program->container_count)
		rc = wrap_container(argv, program, launcher, err);
	if (rc < 0)
		return rc;
	switch (program->distribution) {
	case HD_DISTRIBUTION_NONE:
		break;
	case HD_DISTRIBUTION_MPI:
		return wrap_mpi(argv, launcher, processes, err);
	case HD_DISTRIBUTION_PYTORCH:
	case HD_DISTRIBUTION_TENSORFLOW:
		return wrap(argv, words, sizeof words / sizeof words[0], err);
	}
	return 0;
}
