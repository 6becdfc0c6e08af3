#include "slurm/script.h"

#include "dispatch/launch_ranks.h"
#include "dispatch/order_format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- sbatch's words ------------------------------------------------------------ */

static void word(struct hd_slurm_words *words, const char *option, const char *value)
{
	hd_buf_printf(&words->text, "%s%s", option, value);
	hd_buf_putc(&words->text, '\0');
	words->count++;
}

static void word_if(struct hd_slurm_words *words, const char *option, const char *value)
{
	if (value && *value)
		word(words, option, value);
}

static void word_number(struct hd_slurm_words *words, const char *option, size_t value)
{
	hd_buf_printf(&words->text, "%s%zu", option, value);
	hd_buf_putc(&words->text, '\0');
	words->count++;
}

/* What each job is, whoever wants it. */
static void words_fixed(struct hd_slurm_words *words, const struct hd_slurm *slurm,
			const struct hd_slurm_job *job, size_t count, double grace)
{
	word(words, "sbatch", "");
	word(words, "--parsable", "");
	word(words, "--no-requeue", "");
	word(words, "--job-name=", job->name);
	word(words, "--comment=", "hdrive");
	word(words, "--chdir=", slurm->folder);
	hd_buf_puts(&words->text, "--output=");
	for (const char *c = slurm->folder; *c; c++) /* sbatch knows %j and its like */
		hd_buf_printf(&words->text, *c == '%' ? "%c%%" : "%c", *c);
	hd_buf_printf(&words->text, "/" HD_SLURM_PLACE "/%s%s.log", job->name,
		      count > 1 ? ".%a" : "");
	hd_buf_putc(&words->text, '\0');
	words->count++;
	word(words, "--open-mode=", "append");
	/* Nothing of this environment: what is listed, and the user's own there. */
	word(words, "--export=", "HDRIVE_BACKEND=slurm");
	/* The batch process is the launcher: it hears that its time is nearly up. */
	word_number(words, "--signal=B:TERM@", (size_t)fmin(fmax(ceil(grace), 1), 65535));
	if (count > 1)
		word_number(words, "--array=0-", count - 1);
}

/* What of a machine it wants. */
static void words_sizes(struct hd_slurm_words *words, const struct hd_slurm *slurm)
{
	const struct hd_slurm_settings *settings = slurm->settings;
	size_t cpus = settings->cpus ? settings->cpus : slurm->cpus;

	if (cpus)
		word_number(words, "--cpus-per-task=", cpus);
	word_if(words, "--gres=", settings->gres);
	if (!settings->gres && slurm->gpus)
		word_number(words, "--gres=gpu:", slurm->gpus);
	if (slurm->nodes > 1 || slurm->processes > 1) {
		word_number(words, "--nodes=", slurm->nodes);
		word_number(words, "--ntasks-per-node=", slurm->processes);
	}
}

bool hd_slurm_words(struct hd_slurm_words *words, const struct hd_slurm *slurm,
		    const struct hd_slurm_job *job, size_t count, double grace,
		    const char *exclude)
{
	const struct hd_slurm_settings *settings = slurm->settings;
	char *at;

	*words = (struct hd_slurm_words){ .text = HD_BUF_INIT };
	words_fixed(words, slurm, job, count, grace);
	word_if(words, "--partition=", settings->partition);
	word_if(words, "--account=", settings->account);
	word_if(words, "--qos=", settings->qos);
	word_if(words, "--time=", settings->time);
	word_if(words, "--mem=", settings->memory);
	word_if(words, "--constraint=", settings->constraint);
	word_if(words, "--exclude=", exclude);
	words_sizes(words, slurm);
	for (size_t i = 0; settings->extra && settings->extra[i]; i++)
		word(words, settings->extra[i], "");
	words->argv = calloc(words->count + 1, sizeof *words->argv);
	if (!words->argv || hd_buf_failed(&words->text)) {
		hd_slurm_words_release(words);
		return false;
	}
	at = words->text.text;
	for (size_t i = 0; i < words->count; i++) {
		words->argv[i] = at;
		at += strlen(at) + 1;
	}
	return true;
}

void hd_slurm_words_release(struct hd_slurm_words *words)
{
	free(words->argv);
	hd_buf_release(&words->text);
	words->argv = NULL;
}

/* --- its script ------------------------------------------------------------------ */

/* What stands before the user's own lines, and behind them. */
static void script_path(struct hd_buf *text, const struct hd_slurm *slurm)
{
	/* What stands in for programs that are not there comes last of all. */
	hd_buf_puts(text, "PATH=$PATH:");
	hd_buf_shell(text, slurm->parts);
	hd_buf_puts(text, "\n");
	if (slurm->python_path) {
		hd_buf_puts(text, "PATH=$PATH:");
		hd_buf_shell(text, slurm->python_path);
		hd_buf_puts(text, "/stand-in\n");
	}
	if (slurm->settings->interpreter) {
		hd_buf_puts(text, "PATH=");
		hd_buf_shell(text, slurm->folder);
		hd_buf_puts(text, "/" HD_SLURM_PLACE "/bin:$PATH\n");
	}
	hd_buf_puts(text, "export PATH\n"
			  /* Steps of the job get what the job has. */
			  "unset SLURM_EXPORT_ENV\n");
}

/* How the launcher starts a trial's ranks here (launch_ranks.h). */
static void script_ranks(struct hd_buf *text, const struct hd_slurm *slurm)
{
	const char *mpi = slurm->settings->mpi;

	if (slurm->nodes * slurm->processes < 2)
		return;
	hd_buf_puts(text, "export " HD_LAUNCH_MEANS "=" HD_LAUNCH_SRUN "\n");
	if (!mpi || !*mpi)
		return;
	hd_buf_puts(text, "export SLURM_MPI_TYPE=");
	hd_buf_shell(text, mpi);
	hd_buf_puts(text, "\n");
}

static void script_order(struct hd_buf *text, const struct hd_slurm_attempt *attempt)
{
	hd_buf_shell(text, attempt->folder);
	hd_buf_printf(text, "/" HD_ORDER_FILE "%u", attempt->number);
}

char *hd_slurm_script(const struct hd_slurm *slurm,
		      struct hd_slurm_attempt *const *attempts, size_t count)
{
	const struct hd_slurm_settings *settings = slurm->settings;
	struct hd_buf text = HD_BUF_INIT;

	hd_buf_puts(&text, "#!/bin/sh\n");
	for (size_t i = 0; settings->setup && settings->setup[i]; i++)
		hd_buf_printf(&text, "%s\n", settings->setup[i]);
	script_path(&text, slurm);
	script_ranks(&text, slurm);
	if (count > 1) {
		hd_buf_puts(&text, "case $SLURM_ARRAY_TASK_ID in\n");
		for (size_t i = 0; i < count; i++) {
			hd_buf_printf(&text, "%zu) set -- ", i);
			script_order(&text, attempts[i]);
			hd_buf_puts(&text, " ;;\n");
		}
		hd_buf_puts(&text, "esac\n");
	} else {
		hd_buf_puts(&text, "set -- ");
		script_order(&text, attempts[0]);
		hd_buf_puts(&text, "\n");
	}
	hd_buf_puts(&text, "exec ");
	hd_buf_shell(&text, slurm->launcher);
	hd_buf_puts(&text, " -f \"$1\"\n");
	return hd_buf_take(&text);
}
