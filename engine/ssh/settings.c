#include "ssh/settings.h"

#include "ssh/group.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_MOST 4096
#define GPUS_MOST 256
#define LEASE 120

const struct hd_option hd_ssh_options[] = {
	HD_OPTION_TEXTS(struct hd_ssh_settings, hosts,
			"machines, each 'NAME [slots=N] [gpus=N or ids]', NAME as ssh takes it"),
	HD_OPTION_SIZE(
		struct hd_ssh_settings, slots, 0, SLOTS_MOST, 0,
		"trials at a time on a host that says none; 0: as many as it has processors"),
	HD_OPTION_TEXT(struct hd_ssh_settings, folder,
		       "where trials run there; ~/.hdrive-trials if not given"),
	HD_OPTION_TEXTS(struct hd_ssh_settings, options,
			"words for ssh itself, such as '-F' and a file"),
	HD_OPTION_TEXTS(struct hd_ssh_settings, setup,
			"lines of sh to run there before each trial"),
	HD_OPTION_TEXT(struct hd_ssh_settings, interpreter,
		       "the python of trials there; the first one in PATH if not given"),
	HD_OPTION_DOUBLE_OR(struct hd_ssh_settings, lease, 1, INFINITY, LEASE,
			    "seconds until a host that is not heard of counts as dead"),
	HD_OPTION_END
};

/* A number from 1 to MOST at the whole of TEXT; 0 for none. */
static size_t count_read(const char *text, size_t most)
{
	size_t length = strspn(text, "0123456789");
	unsigned long value = length && length < 10 && !text[length]
				      ? strtoul(text, NULL, 10)
				      : 0;

	return value <= most ? value : 0;
}

static int gpu_add(struct hd_ssh_said *said, const char *id, size_t length,
		   struct hd_error *err)
{
	char **gpus = realloc(said->gpus, (said->gpu_count + 2) * sizeof *gpus);

	if (!gpus)
		return hd_error_nomem(err);
	said->gpus = gpus;
	gpus[said->gpu_count] = strndup(id, length);
	gpus[said->gpu_count + 1] = NULL;
	return gpus[said->gpu_count++] ? 0 : hd_error_nomem(err);
}

/* "2" are 0 and 1; "0,1" and "3," are ids. */
static int gpus_read(struct hd_ssh_said *said, const char *text,
		     struct hd_error *err)
{
	size_t count = count_read(text, GPUS_MOST);
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++) {
		char id[8];

		rc = gpu_add(said, id, (size_t)snprintf(id, sizeof id, "%zu", i), err);
	}
	if (count)
		return rc;
	while (rc == 0 && *text) {
		size_t length = strcspn(text, ",");

		if (length == 0 || said->gpu_count == GPUS_MOST)
			break;
		rc = gpu_add(said, text, length, err);
		text += length + (text[length] == ',');
	}
	if (rc == 0 && (*text || !said->gpu_count))
		rc = hd_error_set(err, HD_EINVAL,
				  "'gpus' of host '%s' must be a number or ids with commas"
				  " between them, got '%s'",
				  said->name, text);
	return rc;
}

static int word_read(struct hd_ssh_said *said, const char *word,
		     struct hd_error *err)
{
	if (!strncmp(word, "slots=", 6)) {
		said->slots = count_read(word + 6, SLOTS_MOST);
		return said->slots ? 0
				   : hd_error_set(err, HD_EINVAL,
						  "'slots' of host '%s' must be from 1 to %d,"
						  " got '%s'",
						  said->name, SLOTS_MOST, word + 6);
	}
	if (!strncmp(word, "gpus=", 5))
		return gpus_read(said, word + 5, err);
	return hd_error_set(err, HD_EINVAL,
			    "unknown word '%s' of host '%s', expected slots=N or gpus=N",
			    word, said->name);
}

/* ssh would take a word with a dash for an option of its own. */
static bool is_host(const char *name)
{
	return *name && *name != '-' && !strpbrk(name, "/'\"\\$`\n\t ");
}

int hd_ssh_said_read(struct hd_ssh_said *said, const char *text,
		     struct hd_error *err)
{
	char *copy = strdup(text), *rest, *word;
	int rc = 0;

	*said = (struct hd_ssh_said){ 0 };
	if (!copy)
		return hd_error_nomem(err);
	word = strtok_r(copy, " \t", &rest);
	if (!word || !is_host(word)) {
		rc = hd_error_set(err, HD_EINVAL, "'%s' does not begin with a host's name",
				  text);
		goto out;
	}
	said->name = strdup(word);
	if (!said->name)
		rc = hd_error_nomem(err);
	while (rc == 0 && (word = strtok_r(NULL, " \t", &rest)))
		rc = word_read(said, word, err);
out:
	free(copy);
	return rc;
}

void hd_ssh_said_release(struct hd_ssh_said *said)
{
	free(said->name);
	for (size_t i = 0; i < said->gpu_count; i++)
		free(said->gpus[i]);
	free(said->gpus);
	*said = (struct hd_ssh_said){ 0 };
}

/* One name is one host: two entries would not see each other's trials. */
static int names_check(const char *const *hosts, size_t count, const char *name,
		       struct hd_error *err)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < count; i++) {
		const char *other = hosts[i] + strspn(hosts[i], " \t");

		if (strcspn(other, " \t") == length && !strncmp(other, name, length))
			return hd_error_set(err, HD_EINVAL, "host '%s' is there twice", name);
	}
	return 0;
}

int hd_ssh_check(const void *settings, struct hd_error *err)
{
	const struct hd_ssh_settings *ssh = settings;
	int rc = 0;

	if (!ssh->hosts || !ssh->hosts[0])
		return hd_error_set(err, HD_EINVAL, "a target of the type ssh needs 'hosts'");
	for (size_t i = 0; rc == 0 && ssh->hosts[i]; i++) {
		struct hd_ssh_said said;

		rc = hd_ssh_said_read(&said, ssh->hosts[i], err);
		if (rc == 0)
			rc = names_check(ssh->hosts, i, said.name, err);
		hd_ssh_said_release(&said);
	}
	if (rc == 0 && ssh->folder && !*ssh->folder)
		rc = hd_error_set(err, HD_EINVAL, "'folder' is empty");
	if (rc == 0 && ssh->folder && strchr(ssh->folder, '\n'))
		rc = hd_error_set(err, HD_EINVAL, "'folder' must be one line");
	return rc;
}

size_t hd_ssh_machines(const void *settings)
{
	const struct hd_ssh_settings *ssh = settings;
	size_t count = 0;

	while (ssh->hosts && ssh->hosts[count])
		count++;
	return count < HD_SSH_NODES_MOST ? count : HD_SSH_NODES_MOST;
}
