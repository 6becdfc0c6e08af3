/*
 * Several processes for one trial, and containers: the words before its own.
 *
 * hdrive-launch itself is what starts and watches them (launch_ranks.c and
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

static int check_count(const char *what, size_t count, size_t least,
		       size_t most, struct hd_error *err)
{
	if (count >= least && count <= most)
		return 0;
	return hd_error_set(err, HD_EINVAL,
			    "a trial has from %zu to %zu %s, got %zu", least,
			    most, what, count);
}

int hd_program_spread(struct hd_program *program, enum hd_distribution kind,
		      size_t nodes, size_t processes, size_t servers,
		      struct hd_error *err)
{
	int rc = check_count("nodes", nodes, 1, HD_NODES_MOST, err);

	if (rc == 0)
		rc = check_count("processes", processes, 1,
				 HD_PROCESSES_MOST * nodes, err);
	if (rc == 0)
		rc = check_count("parameter servers", servers, 0,
				 HD_PROCESSES_MOST * nodes, err);
	if (rc < 0)
		return rc;
	if (servers && kind != HD_DISTRIBUTION_TENSORFLOW)
		return hd_error_set(err, HD_EINVAL,
				    "parameter servers are TensorFlow's, not"
				    " of '%s'",
				    hd_distribution_name(kind));
	if (nodes > 1 && kind == HD_DISTRIBUTION_NONE)
		return hd_error_set(err, HD_EINVAL,
				    "a trial of %zu nodes needs a distribution,"
				    " by which its processes find each other",
				    nodes);
	if (processes + servers < nodes)
		return hd_error_set(err, HD_EINVAL,
				    "a node has at least one process: %zu nodes"
				    " are too many for %zu",
				    nodes, processes + servers);
	program->distribution = kind;
	program->processes = processes;
	program->servers = servers;
	program->nodes = nodes;
	return 0;
}

int hd_program_distribute(struct hd_program *program,
			  enum hd_distribution kind, size_t processes,
			  size_t servers, struct hd_error *err)
{
	return hd_program_spread(program, kind, 1, processes, servers, err);
}

size_t hd_program_nodes(const struct hd_program *program)
{
	return program && program->nodes ? program->nodes : 1;
}

size_t hd_program_node_processes(const struct hd_program *program)
{
	size_t nodes = hd_program_nodes(program);
	size_t all = program ? program->processes + program->servers : 1;

	return all ? (all + nodes - 1) / nodes : 1;
}

int hd_program_check_machines(const struct hd_program *program,
			      size_t machines, struct hd_error *err)
{
	size_t nodes = hd_program_nodes(program);
	const char *place = program ? program->nodes_place : NULL;

	if (nodes <= machines)
		return 0;
	if (machines == 1)
		return hd_error_set(err, HD_EINVAL,
				    "%s%sa trial wants %zu nodes and this"
				    " machine is one: name a target that has"
				    " more with --backend, or ask for 1",
				    place ? place : "", place ? ": " : "",
				    nodes);
	return hd_error_set(err, HD_EINVAL,
			    "%s%sa trial wants %zu nodes, the target has %zu",
			    place ? place : "", place ? ": " : "", nodes,
			    machines);
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
 * All kinds go through the launcher, which knows by what means processes are
 * started where it runs: mpirun, srun, or itself.
 */
static int wrap_ranks(char ***argv, const struct hd_program *program,
		      const char *launcher, struct hd_error *err)
{
	char nodes[24], processes[24], servers[24];
	const char *const words[] = {
		launcher, "--ranks",
		hd_distribution_name(program->distribution),
		nodes, processes,
		servers
	};

	snprintf(nodes, sizeof nodes, "%zu", hd_program_nodes(program));
	snprintf(processes, sizeof processes, "%zu", program->processes);
	snprintf(servers, sizeof servers, "%zu", program->servers);
	return wrap(argv, words, sizeof words / sizeof words[0], err);
}

int hd_program_wrap(char ***argv, const struct hd_program *program,
		    struct hd_error *err)
{
	const char *launcher = program->launcher ? program->launcher : LAUNCHER;
	int rc = 0;

	if (program->container_count)
		rc = wrap_container(argv, program, launcher, err);
	if (rc == 0 && program->distribution != HD_DISTRIBUTION_NONE)
		rc = wrap_ranks(argv, program, launcher, err);
	return rc;
}
