/*
 * Pictures without memory: the n-th allocation fails for n = 1, 2, ... until a
 * picture needs no more of them. None is half-made, nothing is leaked.
 */
#include "check.h"
#include "alloc.h"

#include "plotbox.h"

#if HAS_ALLOC

static void pictures_without_memory_are_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < hd_plot_kinds(); i++)
		for (int format = HD_PLOT_TEXT; format <= HD_PLOT_JSON; format++) {
			struct hd_plot plot = { .size = sizeof plot,
						.kind = hd_plot_kind_name(i),
						.format = (enum hd_plot_format)format };
			int rc = HD_ENOMEM;
			size_t n;

			if (format == HD_PLOT_PNG)
				continue;
			for (n = 1; rc < 0; n++) {
				struct hd_buf buf = HD_BUF_INIT;
				size_t held = alloc_live;

				alloc_fail(n);
				rc = plot_make(&buf, &plot, true, NULL);
				alloc_fail(0);
				assert_true(rc == 0 || rc == HD_ENOMEM);
				hd_buf_release(&buf);
				assert_int_equal(alloc_live, held);
			}
			/* It is not the first one that nothing comes of. */
			assert_true(n > 10);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pictures_without_memory_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	return alloc_skip();
}

#endif
