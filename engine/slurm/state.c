#include "slurm/state.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word;
	enum hd_slurm_state state;
} words[] = {
	{ "PENDING", HD_SLURM_PENDING },
	{ "REQUEUED", HD_SLURM_PENDING },
	{ "REQUEUE_FED", HD_SLURM_PENDING },
	{ "REQUEUE_HOLD", HD_SLURM_PENDING },
	{ "SPECIAL_EXIT", HD_SLURM_PENDING },
	{ "COMPLETING", HD_SLURM_COMPLETING },
	{ "COMPLETED", HD_SLURM_COMPLETED },
	{ "FAILED", HD_SLURM_FAILED },
	{ "REVOKED", HD_SLURM_FAILED },
	{ "CANCELLED", HD_SLURM_CANCELLED },
	{ "TIMEOUT", HD_SLURM_TIMEOUT },
	{ "DEADLINE", HD_SLURM_TIMEOUT },
	{ "PREEMPTED", HD_SLURM_PREEMPTED },
	{ "NODE_FAIL", HD_SLURM_NODE_FAIL },
	{ "BOOT_FAIL", HD_SLURM_NODE_FAIL },
	{ "OUT_OF_MEMORY", HD_SLURM_MEMORY },
};

enum hd_slurm_state hd_slurm_state_read(const char *word)
{
	/* "CANCELLED+" is one that sacct has cut. */
	size_t length = strcspn(word, " +");

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strlen(words[i].word) == length &&
		    memcmp(words[i].word, word, length) == 0)
			return words[i].state;
	return HD_SLURM_RUNNING;
}

bool hd_slurm_state_is_over(enum hd_slurm_state state)
{
	return state >= HD_SLURM_COMPLETED;
}

double hd_slurm_time_read(const char *text)
{
	double days = 0, seconds = 0;
	unsigned parts = 0;

	if (*text < '0' || *text > '9' || text[strspn(text, "0123456789:-")])
		return 0;
	if (strchr(text, '-')) {
		days = (double)strtol(text, NULL, 10);
		text = strchr(text, '-') + 1;
	}
	for (; *text; parts++) {
		seconds = seconds * 60 + (double)strtol(text, NULL, 10);
		text += strcspn(text, ":");
		text += *text == ':';
	}
	/* "2-12" is days and hours, "1:30" minutes and seconds. */
	for (; days > 0 && parts && parts < 3; parts++)
		seconds *= 60;
	return days * 86400 + seconds;
}

/* The next field of *AT, its end made a NUL; NULL when there is none. The last
 * one, which is a name, goes on to the end. */
static char *field(char **at, bool is_last)
{
	char *text = *at;
	char *end;

	if (!text)
		return NULL;
	end = is_last ? NULL : strchr(text, '|');
	if (end)
		*end = '\0';
	*at = end ? end + 1 : NULL;
	return text;
}

/* "12", "12_3"; not "12.batch", nor "12_[4-9]", which are no job to run. */
static bool id_read(struct hd_slurm_line *line, const char *id)
{
	size_t digits = strspn(id, "0123456789");
	char *end;

	line->id = id;
	line->task = -1;
	if (digits == 0)
		return false;
	if (!id[digits])
		return true;
	if (id[digits] != '_' || id[digits + 1] < '0' || id[digits + 1] > '9')
		return false;
	line->task = strtol(id + digits + 1, &end, 10);
	return !*end && line->task >= 0;
}

static bool fields(struct hd_slurm_line *line, char *text, bool has_reason)
{
	const char *id = field(&text, false);
	const char *state = field(&text, false);
	const char *reason = has_reason ? field(&text, false) : "";
	const char *node = field(&text, false);
	const char *limit = field(&text, false);

	line->name = field(&text, true);
	if (!line->name || !id_read(line, id))
		return false;
	line->state = hd_slurm_state_read(state);
	line->reason = reason;
	/* sacct's word for none. */
	line->node = strcmp(node, "None assigned") == 0 ? "" : node;
	line->limit = hd_slurm_time_read(limit);
	return true;
}

bool hd_slurm_queue_line(struct hd_slurm_line *line, char *text)
{
	return fields(line, text, true);
}

bool hd_slurm_account_line(struct hd_slurm_line *line, char *text)
{
	return fields(line, text, false);
}
