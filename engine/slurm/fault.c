#include "slurm/fault.h"

#include <stdio.h>
#include <string.h>

/* Parts of Slurm's messages, of 20.11 to 24.05. */
static const char *const silent[] = {
	"Unable to contact",
	"Connection refused",
	"Connection reset",
	"Connection timed out",
	"Socket timed out",
	"timed out",
	"No route to host",
	"Zero Bytes were transmitted",
	"Transport endpoint",
	"Communication connection failure",
	"Unable to establish",
	"controller not responding",
	"not responding",
	NULL,
};
static const char *const limits[] = {
	"AssocMaxSubmitJobLimit",
	"AssocGrpSubmitJobsLimit",
	"MaxSubmitJob",
	"MaxSubmitPU",
	"GrpSubmitJob",
	"Job violates accounting/QOS policy",
	"Resource temporarily unavailable",
	"temporarily unavailable",
	"temporarily unable to accept job",
	"Too many jobs",
	"MaxJobCount",
	NULL,
};
/* Neither says that the job is wrong. */
static const char *const passing[] = {
	"Protocol authentication error",
	"Munge",
	"munge",
	"Invalid credential",
	"I/O error writing script",
	"Unexpected message received",
	"slurm_persist_conn",
	"Slurm backup controller",
	"in standby mode",
	NULL,
};

static bool has_one(const char *text, const char *const *parts)
{
	for (; *parts; parts++)
		if (strstr(text, *parts))
			return true;
	return false;
}

bool hd_slurm_fault_is_silence(const char *err)
{
	return has_one(err, silent);
}

enum hd_slurm_fault hd_slurm_fault_read(const struct hd_command_end *end)
{
	if (end->error || end->timed_out || end->signal || !*end->err)
		return HD_SLURM_FAULT_PASSING;
	if (has_one(end->err, limits))
		return HD_SLURM_FAULT_LIMIT;
	if (has_one(end->err, silent) || has_one(end->err, passing))
		return HD_SLURM_FAULT_PASSING;
	return HD_SLURM_FAULT_REFUSED;
}

/* Behind "sbatch: error: " and "slurmstepd: error: ". */
static const char *words_of(const char *line, size_t *length)
{
	static const char *const heads[] = { "sbatch: ", "squeue: ", "scancel: ",
					     "sacct: ", "scontrol: ", "slurmstepd: ",
					     "slurm_script: ", "error: ", "fatal: " };

	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
		size_t head = strlen(heads[i]);

		if (*length >= head && strncmp(line, heads[i], head) == 0) {
			line += head;
			*length -= head;
		}
	}
	return line;
}

void hd_slurm_fault_text(char *text, size_t size, const char *err)
{
	const char *last = "";
	size_t most = 0;

	for (const char *line = err; *line;) {
		size_t length = strcspn(line, "\n");

		if (length && line[strspn(line, " \t\r")] != '\n') {
			last = line;
			most = length;
		}
		line += length + (line[length] == '\n');
	}
	last = words_of(last, &most);
	snprintf(text, size, "%.*s", (int)(most < size ? most : size), last);
}
