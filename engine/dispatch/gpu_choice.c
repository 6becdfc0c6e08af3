#include "dispatch/gpu_choice.h"

#include "base/buf.h"

#include <stdio.h>
#include <string.h>

/* What the environment gives this process; no list when it says nothing. */
struct given {
	const char *variable; /* NULL when nothing is said */
	const char *value;
	struct hd_gpu_list list;
};

const char *hd_gpu_choice_inherited(const char *const *environment,
				    const char *name)
{
	size_t length = strlen(name);
	const char *value = NULL;

	for (size_t i = 0; environment && environment[i]; i++)
		if (strncmp(environment[i], name, length) == 0 &&
		    environment[i][length] == '=')
			value = environment[i] + length + 1;
	return value;
}

void hd_gpu_choice_release(struct hd_gpu_choice *choice)
{
	hd_gpu_list_release(&choice->list);
}

/* --- what was given to us ------------------------------------------------- */

/*
 * The first variable above the driver's that holds a list. A value of another
 * form, "opencl:gpu", chooses no device of ours.
 */
static const char *upper_value(const struct hd_vendor_row *vendor,
			       const char *const *environment,
			       const char **variable)
{
	for (size_t i = 0; i < vendor->upper_count; i++) {
		const struct hd_vendor_upper *upper = &vendor->upper[i];
		const char *value = hd_gpu_choice_inherited(environment,
							    upper->name);
		size_t length = strlen(upper->prefix);

		if (!value || strncmp(value, upper->prefix, length) != 0 ||
		    (length && !strchr("0123456789", value[length])))
			continue;
		*variable = upper->name;
		return value + length;
	}
	return NULL;
}

/* Of what the driver leaves, the devices that UPPER counts out. */
static int given_narrow(struct given *given, const struct hd_gpu_list *upper,
			struct hd_error *err)
{
	struct hd_gpu_list kept = { .mode = HD_GPU_IDS };
	int rc = 0;

	for (size_t i = 0; i < upper->count && rc == 0; i++) {
		size_t index;

		if (hd_gpu_number(upper->items[i].id, &index) &&
		    index < given->list.count)
			rc = hd_gpu_list_add(&kept, &given->list.items[index],
					     err);
	}
	hd_gpu_list_release(&given->list);
	given->list = kept;
	return rc;
}

static int given_read(struct given *given, const struct hd_vendor_row *vendor,
		      const char *const *environment, struct hd_error *err)
{
	const char *lower = hd_gpu_choice_inherited(environment,
						    vendor->visible);
	const char *name = NULL;
	const char *above = upper_value(vendor, environment, &name);
	struct hd_gpu_list upper = { .mode = HD_GPU_IDS };
	int rc = 0;

	*given = (struct given){ .variable = lower ? vendor->visible : name,
				 .value = lower ? lower : above };
	if (given->value)
		rc = hd_gpu_list_read_variable(&given->list, given->value, err);
	if (rc == 0 && lower && above) {
		rc = hd_gpu_list_read_variable(&upper, above, err);
		if (rc == 0)
			rc = given_narrow(given, &upper, err);
	}
	hd_gpu_list_release(&upper);
	return rc;
}

/*
 * Whose GPUs: those of the first maker that the machine has any of; where it
 * shows none, as containers and Windows' Linux do, of the first whose variable
 * is set; else NVIDIA's, whose variable AMD's runtime reads too.
 */
static int choice_read(struct hd_gpu_choice *choice, struct given *given,
		       const struct hd_machine *machine,
		       const char *const *environment, struct hd_error *err)
{
	size_t vendor = 0;
	int rc;

	memset(given, 0, sizeof *given);
	while (vendor < HD_VENDORS && machine->gpus[vendor] == 0)
		vendor++;
	for (size_t i = 0; vendor == HD_VENDORS && i < HD_VENDORS; i++) {
		hd_gpu_list_release(&given->list);
		rc = given_read(given, &hd_vendors[i], environment, err);
		if (rc < 0)
			return rc;
		if (given->value)
			vendor = i;
	}
	if (vendor == HD_VENDORS)
		vendor = HD_VENDOR_NVIDIA;
	choice->vendor = &hd_vendors[vendor];
	hd_gpu_list_release(&given->list);
	rc = given_read(given, choice->vendor, environment, err);
	choice->is_ordered = choice->vendor->order && !given->variable &&
			     !hd_gpu_choice_inherited(environment,
						      choice->vendor->order);
	return rc;
}

/* --- against what was asked for ------------------------------------------- */

static int choose_all(struct hd_gpu_choice *choice, const struct given *given,
		      size_t count, struct hd_error *err)
{
	size_t share = choice->list.share;
	int rc = 0;

	if (given->variable)
		count = given->list.count;
	for (size_t i = 0; i < count && rc == 0; i++) {
		struct hd_gpu gpu = { .share = share };

		if (given->variable)
			memcpy(gpu.id, given->list.items[i].id, sizeof gpu.id);
		else
			snprintf(gpu.id, sizeof gpu.id, "%zu", i);
		rc = hd_gpu_list_add(&choice->list, &gpu, err);
	}
	if (rc < 0 || count)
		return rc;
	if (given->variable)
		return hd_error_set(err, HD_EINVAL,
				    "'gpus' is 'auto', but '%s' in the "
				    "environment leaves no GPU, it is '%.60s'",
				    given->variable, given->value);
	return hd_error_set(err, HD_EINVAL,
			    "'gpus' is 'auto', but no GPU was found in "
			    "/dev/nvidia*, /sys/class/kfd and /dev/dri; 'none' "
			    "runs without, a list of ids is taken as it is");
}

static int choose_given(const struct hd_gpu_choice *choice,
			const struct given *given, struct hd_error *err)
{
	for (size_t i = 0; i < choice->list.count; i++) {
		const char *id = choice->list.items[i].id;

		if (!hd_gpu_list_find(&given->list, id))
			return hd_error_set(err, HD_EINVAL,
					    "'gpus': '%s' is not among the "
					    "GPUs of this process, '%s' in the "
					    "environment is '%.60s'",
					    id, given->variable, given->value);
	}
	return 0;
}

/* Numbers can be told from how many there are; UUIDs and parts cannot. */
static int choose_counted(const struct hd_gpu_choice *choice, size_t count,
			  struct hd_error *err)
{
	for (size_t i = 0; i < choice->list.count; i++) {
		const char *id = choice->list.items[i].id;
		size_t number;

		if (count && hd_gpu_number(id, &number) && number >= count)
			return hd_error_set(err, HD_EINVAL,
					    "'gpus': '%s' must be below %zu, "
					    "this machine has %zu %s GPU%s",
					    id, count, count,
					    choice->vendor->name,
					    count == 1 ? "" : "s");
	}
	return 0;
}

int hd_gpu_choice_make(struct hd_gpu_choice *choice, const char *gpus,
		       const struct hd_machine *machine,
		       const char *const *environment, struct hd_error *err)
{
	struct given given;
	size_t count;
	int rc;

	memset(choice, 0, sizeof *choice);
	rc = hd_gpu_list_read(&choice->list, gpus, err);
	if (rc < 0 || choice->list.mode == HD_GPU_NONE)
		return rc;
	rc = choice_read(choice, &given, machine, environment, err);
	if (rc < 0)
		goto out;
	count = machine->gpus[choice->vendor - hd_vendors];
	if (choice->list.mode == HD_GPU_AUTO)
		rc = choose_all(choice, &given, count, err);
	else if (given.variable)
		rc = choose_given(choice, &given, err);
	else
		rc = choose_counted(choice, count, err);
out:
	hd_gpu_list_release(&given.list);
	return rc;
}
