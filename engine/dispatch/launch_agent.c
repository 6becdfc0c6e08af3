/*
 * mpirun over the machines of a trial without a login from one to the other:
 * what it would run through ssh, its daemon, it has run by our launcher there.
 */
#include "dispatch/launch_nodes.h"

#include "dispatch/launch_modes.h"
#include "dispatch/launch_text.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "ADDRESS:PROCESSES,..." into TEXT of SIZE. */
static void hosts_add(char *line, size_t size, const struct hd_launch_shape *shape,
		      const struct hd_nodes *nodes)
{
	struct hd_launch_text text = { line, line + size - 1 };

	for (int i = 0; i < shape->nodes; i++) {
		hd_launch_text_add(&text, i ? "," : "");
		hd_launch_text_add(&text, nodes->hosts[i]);
		hd_launch_text_add(&text, ":");
		hd_launch_text_number(&text, shape->first[i + 1] - shape->first[i]);
	}
}

pid_t hd_nodes_mpirun(const struct hd_launch_shape *shape,
		      const struct hd_nodes *nodes, int port)
{
	static char hosts[HD_NODES_GROUP_MOST * 24];
	static char agent[5000];
	struct hd_launch_text text = { agent, agent + sizeof agent - 1 };
	const char *const more[] = {
		"-H", hosts, "--mca", "plm", "rsh", "--mca", "plm_rsh_agent",
		agent, "--mca", "plm_rsh_no_tree_spawn", "1",
		/* What its daemon is started by sees it end. */
		"--leave-session-attached", "-x", "MASTER_ADDR", "-x",
		"MASTER_PORT", NULL
	};
	sigset_t none;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	hosts_add(hosts, sizeof hosts, shape, nodes);
	hd_launch_text_add(&text, hd_launch_self());
	hd_launch_text_add(&text, " --agent");
	setenv("MASTER_ADDR", nodes->hosts[0], 0);
	if (!getenv("MASTER_PORT"))
		hd_launch_set_number("MASTER_PORT", port);
	_exit(hd_launch_mpirun(shape, more));
}

/* The words behind HOST as the one line that a shell is to read. */
static void command_add(struct hd_launch_text *text, char **words)
{
	for (; *words; words++) {
		hd_launch_text_add(text, " ");
		hd_launch_text_add(text, *words);
	}
}

int hd_launch_agent(char **argv)
{
	static struct hd_nodes nodes;
	static struct hd_link link;
	static char line[HD_NODES_LINE];
	struct hd_launch_text text = { line, line + sizeof line - 1 };
	const char *means = getenv(HD_LAUNCH_MEANS);
	char *answer, *at;

	if (!argv[1] || !argv[2] || !means || !hd_nodes_read(&nodes, means))
		return HD_LAUNCH_USAGE;
	hd_launch_text_add(&text, "agent ");
	hd_launch_text_add(&text, nodes.token);
	hd_launch_text_add(&text, " ");
	hd_launch_text_add(&text, argv[1]);
	command_add(&text, argv + 2);
	if (text.at == text.end || strchr(line, '\n') ||
	    !hd_link_connect(&link, HD_LAUNCH_HERE, nodes.port)) {
		hd_launch_say("cannot start mpirun's daemon on", argv[1],
			      "the trial's launcher does not take it");
		return 126;
	}
	hd_link_say(&link, line);
	while (hd_link_read(&link)) {
		struct pollfd wait = { link.fd, POLLIN, 0 };

		answer = hd_link_line(&link);
		if (answer && !strncmp(answer, "ended ", 6)) {
			at = answer + 6;
			return hd_link_number(&at) & 255;
		}
		poll(&wait, 1, -1);
	}
	return 126;
}
