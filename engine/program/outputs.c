/* The folders that ${{outputs.NAME}} stands for, one for each output. */
#include "program/program.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static int folder_make(const char *path, struct hd_error *err)
{
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return hd_error_errno(err, errno, "cannot make the folder '%s'",
				      path);
	return 0;
}

int hd_program_make_outputs(const struct hd_program *program,
			    const char *folder, struct hd_error *err)
{
	struct hd_buf path = HD_BUF_INIT;
	size_t base;
	int rc = 0;

	hd_buf_printf(&path, "%s/" HD_PROGRAM_OUTPUTS, folder);
	base = path.length;
	for (size_t i = 0; i < program->binding_count && rc == 0; i++) {
		const struct hd_binding *binding = &program->bindings[i];

		if (binding->kind != HD_BINDING_OUTPUT)
			continue;
		rc = folder_make(hd_buf_text(&path), err);
		hd_buf_printf(&path, "/%s", binding->name);
		if (hd_buf_failed(&path))
			rc = hd_error_nomem(err);
		if (rc == 0)
			rc = folder_make(hd_buf_text(&path), err);
		hd_buf_cut(&path, base);
	}
	hd_buf_release(&path);
	return rc;
}
