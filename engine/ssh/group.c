#define _XOPEN_SOURCE 700 /* openat and its like */

#include "ssh/group.h"

#include "base/time.h"
#include "dispatch/record_format.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define NODE "node-"
/* Ports where leaders listen: below those that systems give away. */
#define PORT_FIRST 20000
#define PORT_COUNT 12000
/* How long the trial's end waits for hosts that say nothing any more. */
#define HOLD (20 * INT64_C(1000000))

struct hd_ssh_group {
	unsigned refs;                 /* attempts */
	struct hd_ssh_attempt *leader; /* NULL once it is closed */
	size_t others;                 /* that are not closed */
	bool was_held;
	int64_t held;        /* steady, since when */
	enum hd_cause cause; /* why the trial is cut short; NONE: it is not */
	char error[400];
	char means[64];      /* " PORT TOKEN " */
	struct hd_buf hosts; /* their addresses */
};

/* --- memory ---------------------------------------------------------------------- */

static void group_join(struct hd_ssh_group *group, struct hd_ssh_attempt *attempt)
{
	attempt->group = group;
	group->refs++;
	group->others += attempt->node > 0;
}

static struct hd_ssh_group *group_new(struct hd_ssh_attempt *leader)
{
	struct hd_ssh_group *group = calloc(1, sizeof *group);

	if (!group)
		return NULL;
	group->leader = leader;
	group_join(group, leader);
	return group;
}

void hd_ssh_group_closed(struct hd_ssh_attempt *attempt)
{
	struct hd_ssh_group *group = attempt->group;

	if (group && attempt->node)
		group->others--;
	else if (group)
		group->leader = NULL;
}

void hd_ssh_group_unref(struct hd_ssh_attempt *attempt)
{
	struct hd_ssh_group *group = attempt->group;

	free(attempt->above);
	if (!group || --group->refs)
		return;
	hd_buf_release(&group->hosts);
	free(group);
}

const char *hd_ssh_group_folder(const struct hd_ssh_attempt *attempt)
{
	return attempt->node ? attempt->above : attempt->folder;
}

/* One more of the leader's trial, whose folder is below that's. */
static struct hd_ssh_attempt *other_new(struct hd_ssh_attempt *leader, size_t node)
{
	struct hd_buf folder = HD_BUF_INIT;
	struct hd_ssh_attempt *other = NULL;

	hd_buf_printf(&folder, "%s/" NODE "%zu", leader->folder, node);
	if (!hd_buf_failed(&folder))
		other = hd_ssh_attempt_new(leader->ssh,
					   &(struct hd_launch){
						   .trial = leader->trial,
						   .attempt = leader->number,
						   .folder = hd_buf_text(&folder),
						   .grace = leader->grace });
	hd_buf_release(&folder);
	if (!other)
		return NULL;
	other->node = node;
	other->above = strdup(leader->folder);
	group_join(leader->group, other);
	if (other->above)
		return other;
	hd_ssh_attempt_close(other);
	return NULL;
}

/* --- where ------------------------------------------------------------------------- */

static size_t room(const struct hd_ssh_host *host)
{
	size_t busy = hd_ssh_host_busy(host);

	return host->phase == HD_SSH_READY && hd_time_steady() >= host->rest &&
			       host->slots > busy
		       ? host->slots - busy
		       : 0;
}

/* GROUPS more fit when that many times the nodes find hosts, no group's two
 * nodes the same one. */
static bool groups_fit(const struct hd_ssh *ssh, size_t groups)
{
	size_t places = 0;

	for (size_t i = 0; i < ssh->host_count; i++) {
		size_t here = room(&ssh->hosts[i]);

		places += here < groups ? here : groups;
	}
	return places >= groups * ssh->nodes;
}

size_t hd_ssh_group_capacity(const struct hd_ssh *ssh)
{
	size_t capacity = 0, more = 0;

	for (const struct hd_ssh_attempt *a = ssh->attempts; a; a = a->next)
		capacity += a->node == 0;
	while (groups_fit(ssh, more + 1))
		more++;
	return capacity + more;
}

/* The hosts with most room, one for each node; false when there are too few. */
static bool hosts_choose(const struct hd_ssh *ssh, struct hd_ssh_host **hosts)
{
	for (size_t node = 0; node < ssh->nodes; node++) {
		size_t most = 0;

		hosts[node] = NULL;
		for (size_t i = 0; i < ssh->host_count; i++) {
			struct hd_ssh_host *host = &ssh->hosts[i];
			bool is_taken = false;

			for (size_t j = 0; j < node; j++)
				is_taken |= hosts[j] == host;
			if (is_taken || room(host) <= most)
				continue;
			most = room(host);
			hosts[node] = host;
		}
		if (!hosts[node])
			return false;
	}
	return true;
}

/* --- how they find each other ---------------------------------------------------------- */

/* A port that another group on the host has hardly, and a word that only this
 * one knows. */
static void means_make(struct hd_ssh_group *group, struct hd_ssh_host *const *hosts,
		       size_t count)
{
	unsigned char bytes[18] = { 0 };
	char token[33];
	unsigned port;

	if (getrandom(bytes, sizeof bytes, GRND_NONBLOCK) < 0)
		return; /* the launchers say that they were told nothing */
	for (size_t i = 0; i < 16; i++)
		snprintf(token + 2 * i, 3, "%02x", bytes[i]);
	port = PORT_FIRST + (bytes[16] * 256U + bytes[17]) % PORT_COUNT;
	snprintf(group->means, sizeof group->means, " %u %s ", port, token);
	for (size_t i = 0; i < count; i++)
		hd_buf_printf(&group->hosts, "%s%s", i ? "," : "",
			      hosts[i]->address ? hosts[i]->address : "");
}

void hd_ssh_group_means(struct hd_buf *text, const struct hd_ssh_attempt *attempt)
{
	hd_buf_printf(text, "nodes %zu%s%s", attempt->node, attempt->group->means,
		      hd_buf_text(&attempt->group->hosts));
}

/* --- starting ------------------------------------------------------------------------------ */

static int other_prepare(struct hd_ssh_attempt *other, struct hd_ssh_host *host,
			 const struct hd_launch *launch, struct hd_error *err)
{
	int rc;

	if (mkdir(other->folder, 0777) < 0 && errno != EEXIST)
		return hd_error_errno(err, errno, "cannot make the folder '%s'",
				      other->folder);
	other->host = host;
	other->place = hd_ssh_host_take(host);
	other->there = hd_ssh_folder_there(host, launch, other->node);
	other->boot = host->boot ? strdup(host->boot) : NULL;
	if (!other->there)
		return hd_error_nomem(err);
	rc = hd_ssh_launch_prepare(other, launch, err);
	return rc < 0 ? rc : hd_ssh_place_write(other, err);
}

int hd_ssh_group_make(struct hd_ssh_attempt *leader, const struct hd_launch *launch,
		      struct hd_ssh_host **host, struct hd_error *err)
{
	struct hd_ssh *ssh = leader->ssh;
	struct hd_ssh_host *hosts[HD_SSH_NODES_MOST];
	int rc = 0;

	if (!hosts_choose(ssh, hosts))
		return hd_error_set(err, HD_EBUSY,
				    "cannot start trial %zu: no %zu hosts have room for"
				    " it now",
				    launch->trial, ssh->nodes);
	if (!group_new(leader))
		return hd_error_nomem(err);
	*host = hosts[0];
	means_make(leader->group, hosts, ssh->nodes);
	if (hd_buf_failed(&leader->group->hosts))
		return hd_error_nomem(err);
	for (size_t i = 1; i < ssh->nodes && rc == 0; i++) {
		struct hd_ssh_attempt *other = other_new(leader, i);

		rc = other ? other_prepare(other, hosts[i], launch, err)
			   : hd_error_nomem(err);
	}
	return rc;
}

/* --- taking over --------------------------------------------------------------------------- */

/* The number in "node-K"; 0 for none. */
static size_t node_of(const char *name)
{
	size_t length = strlen(NODE);
	unsigned long node = strncmp(name, NODE, length) == 0
				     ? strtoul(name + length, NULL, 10)
				     : 0;

	return node < HD_SSH_NODES_MOST ? node : 0;
}

static int other_adopt(struct hd_ssh_attempt *leader, size_t node, struct hd_error *err)
{
	struct hd_ssh_attempt *other = other_new(leader, node);
	char *name = NULL;
	int rc;

	if (!other)
		return hd_error_nomem(err);
	rc = hd_ssh_place_read(other, &name, err);
	/* Without one it was never to start; one of a host that is none of the
	 * target's any more hears of the leader's end. */
	other->host = rc == 0 ? hd_ssh_host_find(leader->ssh, name) : NULL;
	free(name);
	if (!other->host) {
		hd_ssh_attempt_close(other);
		return 0;
	}
	other->stage = HD_SSH_UNSURE;
	return hd_ssh_host_start(other->host, err);
}

int hd_ssh_group_adopt(struct hd_ssh_attempt *leader, struct hd_error *err)
{
	DIR *dir = opendir(leader->folder);
	struct dirent *found;
	int rc = 0;

	while (dir && rc == 0 && (found = readdir(dir))) {
		size_t node = node_of(found->d_name);

		if (!node)
			continue;
		if (!leader->group && !group_new(leader))
			rc = hd_error_nomem(err);
		if (rc == 0)
			rc = other_adopt(leader, node, err);
	}
	if (dir)
		closedir(dir);
	return rc;
}

/* --- ends ------------------------------------------------------------------------------------- */

static void group_cut(struct hd_ssh_attempt *other, enum hd_cause cause, const char *error)
{
	struct hd_ssh_group *group = other->group;

	if (group->cause != HD_CAUSE_NONE || !group->leader || group->leader->exit ||
	    group->leader->stopped)
		return;
	group->cause = cause;
	snprintf(group->error, sizeof group->error, "%s", error);
	group->leader->is_cut = true;
}

/* What its ranks wrote goes where those of the first host's are. */
static void logs_move(const struct hd_ssh_attempt *other)
{
	int from = open(other->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int to = open(other->above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = from < 0 ? NULL : fdopendir(from);
	struct dirent *found;

	while (dir && to >= 0 && (found = readdir(dir)))
		if (!strncmp(found->d_name, "rank-", 5))
			(void)renameat(from, found->d_name, to, found->d_name);
	if (dir)
		closedir(dir);
	else if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
}

void hd_ssh_group_told(struct hd_ssh_attempt *other, const struct hd_exit *exit)
{
	const struct hd_ssh_attempt *leader = other->group->leader;
	char error[400];

	logs_move(other);
	if (exit->cause != HD_CAUSE_NONE) {
		group_cut(other, exit->cause, exit->error ? exit->error : "");
	} else if (!exit->known) {
		group_cut(other, HD_CAUSE_NODE,
			  exit->error ? exit->error : "a launcher is gone");
	} else if (exit->code == HD_RECORD_RANKS_LOST && leader && leader->host) {
		snprintf(error, sizeof error,
			 "host '%s' does not reach host '%s' at %s: ranks find each other"
			 " over the network between hosts",
			 other->host->said.name, leader->host->said.name,
			 leader->host->address ? leader->host->address : "no address");
		group_cut(other, HD_CAUSE_START, error);
	} else if (exit->code != 0) {
		snprintf(error, sizeof error, "the launcher on host '%s' ended with %d",
			 other->host->said.name, exit->code);
		group_cut(other, HD_CAUSE_START, error);
	}
}

bool hd_ssh_group_holds(struct hd_ssh_attempt *leader)
{
	struct hd_ssh_group *group = leader->group;

	if (!group || leader->node || group->others == 0)
		return false;
	if (!group->was_held) {
		group->was_held = true;
		group->held = hd_time_steady();
		hd_ssh_group_stop(leader);
	}
	leader->stage = HD_SSH_HELD;
	return true;
}

void hd_ssh_group_judge(const struct hd_ssh_attempt *leader, struct hd_exit *exit)
{
	const struct hd_ssh_group *group = leader->group;

	if (!group)
		return;
	if (group->cause != HD_CAUSE_NONE) {
		exit->cause = group->cause;
		exit->error = group->error;
		exit->killed_by_us = false;
	} else if (exit->known && exit->code == HD_RECORD_RANKS_LOST) {
		exit->cause = HD_CAUSE_NODE;
	}
}

void hd_ssh_group_stop(struct hd_ssh_attempt *leader)
{
	if (!leader->group)
		return;
	for (struct hd_ssh_attempt *a = leader->ssh->attempts; a; a = a->next) {
		if (a->group != leader->group || !a->node)
			continue;
		a->stopped = true;
		a->stop_now |= leader->stop_now;
	}
}

/* Any of GROUP that does not lead; NULL for none. */
static struct hd_ssh_attempt *other_of(const struct hd_ssh *ssh,
				       const struct hd_ssh_group *group)
{
	struct hd_ssh_attempt *a = ssh->attempts;

	while (a && (a->group != group || !a->node))
		a = a->next;
	return a;
}

void hd_ssh_group_release(struct hd_ssh_attempt *leader)
{
	struct hd_ssh_attempt *other;

	while (leader->group && (other = other_of(leader->ssh, leader->group)))
		hd_ssh_attempt_close(other);
}

/* The next thing to do; false when there is none. */
static bool group_turn(struct hd_ssh *ssh)
{
	int64_t now = hd_time_steady();

	for (struct hd_ssh_attempt *a = ssh->attempts; a; a = a->next) {
		const struct hd_ssh_group *group = a->group;

		if (!group)
			continue;
		/* The trial has ended without it, or will not wait longer. */
		if (a->node && (!group->leader ||
				(group->was_held && now > group->held + HOLD))) {
			hd_ssh_end_lost(a, HD_CAUSE_NONE, "its trial has ended");
			return true;
		}
		if (a->stage == HD_SSH_HELD && group->others == 0 && now >= a->again) {
			hd_ssh_end(a);
			return true;
		}
	}
	return false;
}

void hd_ssh_group_poll(struct hd_ssh *ssh)
{
	/* Each turn ends one, or has it wait for a while. */
	while (group_turn(ssh))
		;
}
