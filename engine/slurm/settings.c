#include "slurm/settings.h"

#include <string.h>

#define STATE struct hd_slurm_settings

const struct hd_option hd_slurm_options[] = {
	HD_OPTION_TEXT(STATE, partition, "partition of its jobs"),
	HD_OPTION_TEXT(STATE, account, "account that is charged"),
	HD_OPTION_TEXT(STATE, qos, "quality of service"),
	HD_OPTION_TEXT(STATE, time, "time limit of a trial, as sbatch takes it: 30, 1:30:00, 2-12"),
	HD_OPTION_TEXT(STATE, memory, "memory of a trial on each node: 8G"),
	HD_OPTION_TEXT(STATE, gres, "generic resources of a trial on each node: gpu:a100:1"),
	HD_OPTION_TEXT(STATE, constraint, "features that its nodes must have"),
	HD_OPTION_SIZE(STATE, cpus, 0, 65536, 0,
		       "CPUs of a process; 0: cpus_per_trial, or the site's default"),
	HD_OPTION_SIZE(STATE, array, 0, 100000, 0,
		       "trials known at the same time go as one job array of up to so"
		       " many; 0: each is a job"),
	HD_OPTION_SIZE(STATE, max_jobs, 1, 1000000, 100,
		       "jobs of a sweep in the queue at once, those that run included"),
	HD_OPTION_DOUBLE_OR(STATE, submit_rate, 0.01, 1000, 5, "calls of sbatch a second"),
	HD_OPTION_TEXT(STATE, folder,
		       "folder that all nodes see and this machine too, for the"
		       " sweep's files; where .hdrive lies when it is not given"),
	HD_OPTION_TEXTS(STATE, extra, "more options for sbatch, a list"),
	HD_OPTION_TEXTS(STATE, setup, "shell lines before each trial, a list"),
	HD_OPTION_TEXT(STATE, interpreter,
		       "what runs as python and python3 there: a path, or a name"),
	HD_OPTION_TEXT(
		STATE, mpi,
		"have srun start the processes of MPI, by pmix or pmi2; mpirun does if not given"),
	HD_OPTION_DOUBLE_OR(STATE, requeue_delay, 0, 86400, 30,
			    "seconds before another attempt of a preempted trial"),
	HD_OPTION_DOUBLE_OR(STATE, poll, 0.1, 3600, 2,
			    "seconds between questions to the scheduler, at least"),
	HD_OPTION_END
};

/* One word of sbatch's command line must not become two, nor a line of a script
 * another one. */
static int word_check(const char *key, const char *word, struct hd_error *err)
{
	if (!word)
		return 0;
	if (!*word || strpbrk(word, " \t\n\r"))
		return hd_error_set(err, HD_EINVAL,
				    "'%s' must be a word, got '%s'", key, word);
	return 0;
}

/* "30", "30:00", "1:30:00", "2-12", "2-12:30:00", or a word of Slurm's. */
static int time_check(const char *time, struct hd_error *err)
{
	if (!time || strcmp(time, "UNLIMITED") == 0 || strcmp(time, "INFINITE") == 0 ||
	    (*time >= '0' && *time <= '9' && !time[strspn(time, "0123456789:-")]))
		return 0;
	return hd_error_set(err, HD_EINVAL,
			    "'time' must be as sbatch takes it (30, 1:30:00, 2-12), got '%s'",
			    time);
}

static int extra_check(const char *const *extra, struct hd_error *err)
{
	for (size_t i = 0; extra && extra[i]; i++)
		if (extra[i][0] != '-' || !extra[i][1])
			return hd_error_set(err, HD_EINVAL,
					    "'extra' must hold options of sbatch, such as"
					    " '--nice=100', got '%s'",
					    extra[i]);
	return 0;
}

int hd_slurm_settings_check(const void *vsettings, struct hd_error *err)
{
	const struct hd_slurm_settings *settings = vsettings;
	const struct {
		const char *key, *word;
	} words[] = {
		{ "partition", settings->partition },
		{ "account", settings->account },
		{ "qos", settings->qos },
		{ "memory", settings->memory },
		{ "gres", settings->gres },
		{ "constraint", settings->constraint },
		{ "mpi", settings->mpi },
	};
	int rc = time_check(settings->time, err);

	for (size_t i = 0; i < sizeof words / sizeof words[0] && rc == 0; i++)
		rc = word_check(words[i].key, words[i].word, err);
	if (rc == 0 && settings->folder && settings->folder[0] != '/')
		rc = hd_error_set(err, HD_EINVAL,
				  "'folder' must be a path from the root, got '%s'",
				  settings->folder);
	return rc < 0 ? rc : extra_check(settings->extra, err);
}
