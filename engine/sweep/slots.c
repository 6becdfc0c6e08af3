/*
 * How many trials of a sweep run at a time: what was asked for, or fewer when
 * each is to have devices of its own. Options go before the file.
 */
#include "sweep/sweep_private.h"

#include "base/buf.h"
#include "dispatch/machine.h"

#include <stdlib.h>
#include <string.h>

/* The devices that trials are to have. */
struct wish {
	const char *gpus;
	size_t gpus_per_trial;
	size_t cpus_per_trial;
};

static struct wish wish_of(const struct hd_config *config,
			   const struct hd_sweep_options *options)
{
	return (struct wish){
		.gpus = options->gpus ? options->gpus : config->gpus,
		.gpus_per_trial = options->gpus_per_trial
					  ? options->gpus_per_trial
					  : config->gpus_per_trial,
		.cpus_per_trial = options->cpus_per_trial
					  ? options->cpus_per_trial
					  : config->cpus_per_trial,
	};
}

static int slots_open_devices(struct hd_sweep *sweep, const struct wish *wish,
			      const struct hd_sweep_options *options,
			      struct hd_error *err)
{
	struct hd_machine machine;
	int rc;

	sweep->gpus_per_trial = wish->gpus_per_trial;
	sweep->cpus_per_trial = wish->cpus_per_trial;
	if (hd_sweep_backend(sweep)->is_remote ||
	    (!wish->gpus && !wish->gpus_per_trial && !wish->cpus_per_trial))
		return 0;
	rc = hd_machine_read(&machine, "", err);
	if (rc == 0)
		rc = hd_devices_open(
			&sweep->devices,
			&(struct hd_devices_setup){
				.gpus = wish->gpus,
				.gpus_per_trial = wish->gpus_per_trial,
				.cpus_per_trial = wish->cpus_per_trial,
				.most = sweep->config->max_total,
				.machine = &machine,
				.environment = options->environment },
			err);
	hd_machine_release(&machine);
	return rc;
}

/*
 * Why fewer run than was asked for, in words. A file that says nothing of it
 * asks for all at once: devices are then what was meant.
 */
static int slots_explain(struct hd_sweep *sweep, size_t wanted, bool by_option,
			 struct hd_error *err)
{
	struct hd_buf why = HD_BUF_INIT;

	hd_buf_puts(&why, hd_devices_why(sweep->devices));
	if (by_option)
		hd_buf_printf(&why, "; %zu were asked for", wanted);
	else if (wanted < sweep->config->max_total)
		hd_buf_printf(&why, "; max_concurrent_runs asks for %zu",
			      wanted);
	sweep->slots_why = hd_buf_take(&why);
	return sweep->slots_why ? 0 : hd_error_nomem(err);
}

/* What options say in place of the file, as changes to it. */
static int slots_settle(struct hd_sweep *sweep,
			const struct hd_sweep_options *options,
			struct hd_error *err)
{
	struct hd_buf all[HD_SWEEP_SETTINGS] = { HD_BUF_INIT, HD_BUF_INIT,
						 HD_BUF_INIT };
	size_t count = 0;

	if (options->gpus)
		hd_buf_printf(&all[count++], "gpus=%s", options->gpus);
	if (options->gpus_per_trial)
		hd_buf_printf(&all[count++], "gpus_per_trial=%zu",
			      options->gpus_per_trial);
	if (options->cpus_per_trial)
		hd_buf_printf(&all[count++], "cpus_per_trial=%zu",
			      options->cpus_per_trial);
	for (size_t i = 0; i < count; i++) {
		sweep->settings[i] = hd_buf_take(&all[i]);
		if (!sweep->settings[i])
			return hd_error_nomem(err);
	}
	return 0;
}

int hd_sweep_limit_slots(struct hd_sweep *sweep,
			 const struct hd_sweep_options *options,
			 struct hd_error *err)
{
	const struct hd_config *config = sweep->config;
	const struct wish wish = wish_of(config, options);
	size_t wanted = sweep->slots;
	int rc = slots_open_devices(sweep, &wish, options, err);

	if (rc == 0)
		rc = slots_settle(sweep, options, err);
	if (rc < 0)
		return rc;
	if (sweep->slots > config->max_total)
		sweep->slots = config->max_total;
	if (!sweep->devices || hd_devices_places(sweep->devices) >= sweep->slots)
		return 0;
	sweep->slots = hd_devices_places(sweep->devices);
	return slots_explain(sweep, wanted, options->max_concurrent > 0, err);
}

int hd_sweep_take_slots(struct hd_sweep *sweep,
			const struct hd_sweep_options *options,
			struct hd_error *err)
{
	sweep->slots = options->max_concurrent ? options->max_concurrent
					       : sweep->config->max_concurrent;
	return hd_sweep_limit_slots(sweep, options, err);
}

void hd_sweep_tell_slots(struct hd_sweep *sweep, int64_t now)
{
	struct hd_buf text = HD_BUF_INIT;

	if (!sweep->slots_why)
		return;
	hd_buf_printf(&text, "%zu at a time: %s", sweep->slots,
		      sweep->slots_why);
	hd_core_tell(sweep->core, HD_EVENT_NOTE, now, hd_buf_text(&text));
	hd_buf_release(&text);
}

void hd_sweep_release_slots(struct hd_sweep *sweep)
{
	hd_devices_close(sweep->devices);
	free(sweep->slots_why);
	for (size_t i = 0; i < HD_SWEEP_SETTINGS; i++)
		free(sweep->settings[i]);
}
