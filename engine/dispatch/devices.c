#include "dispatch/devices.h"

#include "base/arena.h"
#include "base/buf.h"
#include "dispatch/gpu_list.h"
#include "dispatch/gpu_choice.h"
#include "dispatch/launch_cpus.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Variables that a place can have, with the terminator. */
#define NAMES_MOST 12

struct place {
	bool busy;
	const size_t *gpus; /* indices, ascending */
	const size_t *cpus; /* numbers, ascending */
	const char *text;
	const char **environment;
};

struct hd_devices {
	struct hd_arena *arena; /* all that is not said to be elsewhere */
	struct hd_gpu_choice choice;
	size_t *running; /* trials on each GPU */
	size_t gpus;     /* for each trial */
	size_t cpus;     /* for each trial */
	bool threads;    /* its number of threads is set too */
	struct place *places;
	size_t count;
	const char *why;
	const char *names[NAMES_MOST];
};

/*
 * How many threads a trial's libraries start. Those of MKL, OpenBLAS and
 * NumExpr are read before OpenMP's. Accelerate is not for Linux.
 */
static const char *const thread_names[] = {
	"OMP_NUM_THREADS",
	"MKL_NUM_THREADS",
	"OPENBLAS_NUM_THREADS",
	"NUMEXPR_NUM_THREADS",
};
#define THREAD_NAMES (sizeof thread_names / sizeof thread_names[0])

/* --- how many places ------------------------------------------------------ */

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * The most trials that GPUs hold at once: K of them fit when every GPU, at its
 * share or at one for each trial, adds up to K times a trial's need.
 */
static size_t gpu_places(const struct hd_devices *devices, size_t most)
{
	const struct hd_gpu_list *list = &devices->choice.list;
	size_t places = 0;

	for (size_t k = 1; k <= most; k++) {
		size_t room = 0;

		for (size_t i = 0; i < list->count; i++)
			room += smaller(list->items[i].share, k);
		if (room < k * devices->gpus)
			break;
		places = k;
	}
	return places;
}

static const char *devices_print(struct hd_devices *devices, struct hd_buf *buf)
{
	char *text = hd_buf_failed(buf) ? NULL
					: hd_arena_string(devices->arena,
							  hd_buf_text(buf));

	hd_buf_release(buf);
	return text;
}

/* What there is of one kind, and how much of it a trial gets. */
static const char *why_text(struct hd_devices *devices, bool by_gpus,
			    size_t cpus)
{
	const struct hd_gpu_list *list = &devices->choice.list;
	struct hd_buf buf = HD_BUF_INIT;
	size_t count = by_gpus ? list->count : cpus;
	size_t shares = 0;

	hd_buf_printf(&buf, "%zu %s%s", count, by_gpus ? "GPU" : "CPU",
		      count == 1 ? "" : "s");
	for (size_t i = 0; by_gpus && i < list->count; i++)
		shares += list->items[i].share;
	if (shares > count)
		hd_buf_printf(&buf, " with %zu places", shares);
	hd_buf_printf(&buf, ", %zu for each trial",
		      by_gpus ? devices->gpus : devices->cpus);
	return devices_print(devices, &buf);
}

static int devices_count(struct hd_devices *devices,
			 const struct hd_devices_setup *setup,
			 struct hd_error *err)
{
	size_t cpus = setup->machine->cpu_count;
	size_t most = setup->most ? setup->most : 1;
	size_t by_gpus = devices->gpus ? gpu_places(devices, most) : most;
	size_t by_cpus = devices->cpus ? cpus / devices->cpus : most;

	if (by_cpus == 0)
		return hd_error_set(err, HD_EINVAL,
				    "'cpus_per_trial' must be at most %zu, the "
				    "CPUs that this process may use, got %zu",
				    cpus, devices->cpus);
	if (by_gpus == 0)
		return hd_error_set(err, HD_EINVAL,
				    "'gpus_per_trial' must be at most %zu, the "
				    "GPUs that there are, got %zu",
				    devices->choice.list.count, devices->gpus);
	devices->count = smaller(smaller(by_gpus, by_cpus), most);
	devices->why = why_text(devices,
				devices->gpus && by_gpus <= by_cpus, cpus);
	return devices->why ? 0 : hd_error_nomem(err);
}

/* --- what each place has -------------------------------------------------- */

/*
 * A GPU for the place that is being filled: one that it has not yet. Of those
 * with room, one for each trial: the one with the fewest trials, so that few
 * trials have much each. Several for each: the one with the most room, without
 * which the last places would find it all on one GPU.
 */
static size_t gpu_next(const struct hd_devices *devices, const bool *taken)
{
	const struct hd_gpu_list *list = &devices->choice.list;
	size_t best = SIZE_MAX, best_key = 0;

	for (size_t i = 0; i < list->count; i++) {
		size_t used = devices->running[i];
		size_t room = list->items[i].share - used;
		size_t key = devices->gpus == 1 ? SIZE_MAX - used : room;

		if (room && !taken[i] && key > best_key) {
			best = i;
			best_key = key;
		}
	}
	assert(best != SIZE_MAX);
	return best;
}

/* The place's GPUs, in the order of the list. RUNNING counts along. */
static bool place_take_gpus(struct hd_devices *devices, struct place *place,
			    bool *taken)
{
	size_t count = devices->choice.list.count, at = 0;
	size_t *gpus = hd_arena_array(devices->arena, devices->gpus,
				      sizeof *gpus);

	if (!gpus)
		return false;
	memset(taken, 0, count * sizeof *taken);
	for (size_t i = 0; i < devices->gpus; i++)
		taken[gpu_next(devices, taken)] = true;
	for (size_t i = 0; i < count; i++)
		if (taken[i]) {
			devices->running[i]++;
			gpus[at++] = i;
		}
	place->gpus = gpus;
	return true;
}

static void buf_gpus(struct hd_buf *buf, const struct hd_devices *devices,
		     const struct place *place)
{
	for (size_t i = 0; i < devices->gpus; i++)
		hd_buf_printf(buf, "%s%s", i ? "," : "",
			      devices->choice.list.items[place->gpus[i]].id);
}

/* "0-1,4" of COUNT ascending numbers. */
static void buf_cpus(struct hd_buf *buf, const size_t *cpus, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t first = i;

		while (i + 1 < count && cpus[i + 1] == cpus[i] + 1)
			i++;
		hd_buf_printf(buf, first ? ",%zu" : "%zu", cpus[first]);
		if (i > first)
			hd_buf_printf(buf, "-%zu", cpus[i]);
	}
}

static bool place_describe(struct hd_devices *devices, struct place *place)
{
	struct hd_buf buf = HD_BUF_INIT;

	if (devices->gpus) {
		hd_buf_puts(&buf, "GPU ");
		buf_gpus(&buf, devices, place);
	}
	if (devices->cpus) {
		hd_buf_puts(&buf, devices->gpus ? "; CPU " : "CPU ");
		buf_cpus(&buf, place->cpus, devices->cpus);
	}
	place->text = devices_print(devices, &buf);
	return place->text;
}

/* --- the environment ------------------------------------------------------ */

/* Variables of one place as they are gathered. */
struct gather {
	struct hd_devices *devices;
	struct place *place;
	size_t count;
	bool failed;
};

/* VALUE is given away. A name more is one more of NAMES_MOST. */
static void gather_add(struct gather *all, const char *name,
		       struct hd_buf *value)
{
	struct hd_buf whole = HD_BUF_INIT;

	assert(all->count < NAMES_MOST - 1);
	hd_buf_printf(&whole, "%s=%s", name, hd_buf_text(value));
	whole.failed |= hd_buf_failed(value);
	hd_buf_release(value);
	all->devices->names[all->count] = name;
	all->place->environment[all->count] =
		devices_print(all->devices, &whole);
	all->failed |= !all->place->environment[all->count];
	all->count++;
}

static void gather_gpus(struct gather *all)
{
	const struct hd_devices *devices = all->devices;
	const struct hd_vendor_row *vendor = devices->choice.vendor;
	struct hd_buf value = HD_BUF_INIT;

	buf_gpus(&value, devices, all->place);
	gather_add(all, vendor->visible, &value);
	for (size_t i = 0; i < vendor->upper_count; i++) {
		hd_buf_puts(&value, vendor->upper[i].prefix);
		for (size_t k = 0; k < devices->gpus; k++)
			hd_buf_printf(&value, k ? ",%zu" : "%zu", k);
		gather_add(all, vendor->upper[i].name, &value);
	}
	if (devices->choice.is_ordered) {
		hd_buf_puts(&value, vendor->order_value);
		gather_add(all, vendor->order, &value);
	}
}

static void gather_cpus(struct gather *all)
{
	const struct hd_devices *devices = all->devices;
	struct hd_buf value = HD_BUF_INIT;

	buf_cpus(&value, all->place->cpus, devices->cpus);
	gather_add(all, HD_CPUS_VARIABLE, &value);
	for (size_t i = 0; devices->threads && i < THREAD_NAMES; i++) {
		hd_buf_printf(&value, "%zu", devices->cpus);
		gather_add(all, thread_names[i], &value);
	}
}

static bool place_fill(struct hd_devices *devices, struct place *place)
{
	struct gather all = { .devices = devices, .place = place };
	struct hd_buf value = HD_BUF_INIT;

	place->environment = hd_arena_array(devices->arena, NAMES_MOST,
					    sizeof *place->environment);
	if (!place->environment)
		return false;
	hd_buf_puts(&value, place->text);
	gather_add(&all, "HDRIVE_DEVICES", &value);
	if (devices->gpus)
		gather_gpus(&all);
	if (devices->cpus)
		gather_cpus(&all);
	return !all.failed;
}

/*
 * Threads are the user's where one of their variables is set: who wrote
 * OMP_NUM_THREADS=1 means MKL too. Not so when a trial around us set them.
 */
static bool threads_are_ours(const char *const *environment)
{
	if (hd_gpu_choice_inherited(environment, HD_CPUS_VARIABLE))
		return true;
	for (size_t i = 0; i < THREAD_NAMES; i++)
		if (hd_gpu_choice_inherited(environment, thread_names[i]))
			return false;
	return true;
}

/* --- life ----------------------------------------------------------------- */

static int devices_fill(struct hd_devices *devices,
			const struct hd_machine *machine, struct hd_error *err)
{
	struct hd_arena *arena = devices->arena;
	size_t gpus = devices->choice.list.count;
	size_t *cpus = hd_arena_array(arena, machine->cpu_count, sizeof *cpus);
	bool *taken = hd_arena_array(arena, gpus + 1, sizeof *taken);

	devices->running = hd_arena_array(arena, gpus + 1,
					  sizeof *devices->running);
	devices->places = hd_arena_array(arena, devices->count,
					 sizeof *devices->places);
	if (!cpus || !taken || !devices->running || !devices->places)
		return hd_error_nomem(err);
	memcpy(cpus, machine->cpus, machine->cpu_count * sizeof *cpus);
	for (size_t i = 0; i < devices->count; i++) {
		struct place *place = &devices->places[i];

		place->cpus = cpus + i * devices->cpus;
		if ((devices->gpus && !place_take_gpus(devices, place, taken)) ||
		    !place_describe(devices, place) ||
		    !place_fill(devices, place))
			return hd_error_nomem(err);
	}
	/* From here on it counts trials that run. */
	memset(devices->running, 0, gpus * sizeof *devices->running);
	return 0;
}

int hd_devices_open(struct hd_devices **out,
		    const struct hd_devices_setup *setup, struct hd_error *err)
{
	struct hd_devices *devices = calloc(1, sizeof *devices);
	const char *gpus = setup->gpus             ? setup->gpus
			   : setup->gpus_per_trial ? "auto"
						   : "none";
	int rc;

	*out = NULL;
	if (!devices)
		return hd_error_nomem(err);
	devices->arena = hd_arena_new();
	if (!devices->arena) {
		rc = hd_error_nomem(err);
		goto out;
	}
	rc = hd_gpu_choice_make(&devices->choice, gpus, setup->machine,
				setup->environment, err);
	if (rc < 0)
		goto out;
	if (devices->choice.list.count)
		devices->gpus = setup->gpus_per_trial ? setup->gpus_per_trial : 1;
	devices->cpus = setup->cpus_per_trial;
	devices->threads = threads_are_ours(setup->environment);
	if (!devices->gpus && !devices->cpus)
		goto out;
	rc = devices_count(devices, setup, err);
	if (rc == 0)
		rc = devices_fill(devices, setup->machine, err);
	if (rc < 0)
		goto out;
	*out = devices;
	devices = NULL;
out:
	hd_devices_close(devices);
	return rc;
}

void hd_devices_close(struct hd_devices *devices)
{
	if (!devices)
		return;
	hd_gpu_choice_release(&devices->choice);
	hd_arena_free(devices->arena);
	free(devices);
}

/* --- giving out ----------------------------------------------------------- */

size_t hd_devices_places(const struct hd_devices *devices)
{
	return devices->count;
}

const char *hd_devices_why(const struct hd_devices *devices)
{
	return devices->why;
}

/* Trials on the GPU of the place that has the most. */
static size_t place_load(const struct hd_devices *devices,
			 const struct place *place)
{
	size_t load = 0;

	for (size_t i = 0; i < devices->gpus; i++) {
		size_t running = devices->running[place->gpus[i]];

		load = running > load ? running : load;
	}
	return load;
}

static void place_take(struct hd_devices *devices, struct place *place)
{
	place->busy = true;
	for (size_t i = 0; i < devices->gpus; i++)
		devices->running[place->gpus[i]]++;
}

size_t hd_devices_claim(struct hd_devices *devices, const char *text)
{
	for (size_t i = 0; i < devices->count; i++) {
		struct place *place = &devices->places[i];

		if (place->busy || strcmp(place->text, text) != 0)
			continue;
		place_take(devices, place);
		return i;
	}
	return SIZE_MAX;
}

size_t hd_devices_acquire(struct hd_devices *devices, size_t slots)
{
	size_t best = SIZE_MAX, least = SIZE_MAX;

	for (size_t i = 0; i < smaller(slots, devices->count); i++) {
		size_t load;

		if (devices->places[i].busy)
			continue;
		load = place_load(devices, &devices->places[i]);
		if (load < least) {
			best = i;
			least = load;
		}
	}
	if (best != SIZE_MAX)
		place_take(devices, &devices->places[best]);
	return best;
}

void hd_devices_release(struct hd_devices *devices, size_t place)
{
	assert(place < devices->count && devices->places[place].busy);
	devices->places[place].busy = false;
	for (size_t i = 0; i < devices->gpus; i++)
		devices->running[devices->places[place].gpus[i]]--;
}

const char *hd_devices_text(const struct hd_devices *devices, size_t place)
{
	return devices ? devices->places[place].text : "";
}

const char *const *hd_devices_environment(const struct hd_devices *devices,
					  size_t place)
{
	return devices ? devices->places[place].environment : NULL;
}

const char *const *hd_devices_names(const struct hd_devices *devices)
{
	return devices ? devices->names : NULL;
}
