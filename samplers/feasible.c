/* The model of failures. */
#include "feasible.h"

#include <hdrive/error.h>

#include <math.h>
#include <string.h>

/* Labels are wrong so often, as a variance: failures have other causes too. */
#define FEASIBLE_NOISE 0.1

int hd_feasible(const struct hd_surrogate *s, const double *theta,
		struct hd_gp *gp)
{
	const struct hd_kernel *kernel = &s->encoding->kernel;
	size_t size = hd_kernel_size(kernel);
	double *own = hd_scratch_doubles(s->scratch, size);
	double *labels = hd_scratch_doubles(s->scratch, s->count);
	/* Success is what is expected where nothing is known. */
	double mean = 1;
	struct hd_gp_data data = { .kernel = kernel,
				   .points = { s->x, s->stride },
				   .n = s->count,
				   .y = labels };

	if (!own || !labels)
		return HD_ENOMEM;
	for (size_t i = 0; i < s->count; i++)
		labels[i] = s->rows->outcomes[s->chosen[i]] == HD_OUTCOME_FAILED
				    ? -1
				    : 1;
	memcpy(own, theta, size * sizeof own[0]);
	own[kernel->count + HD_KERNEL_JOINT] = 0;
	own[kernel->count + HD_KERNEL_ADDITIVE] = log(0.5);
	own[kernel->count + HD_KERNEL_BRANCH] = log(0.5);
	own[kernel->count + HD_KERNEL_NOISE] = log(FEASIBLE_NOISE);
	return hd_gp_condition(gp, &data, own, &mean, s->scratch);
}
