/* Writing to the metrics file: one record, one write. */
#include "metrics/rules.h"

#include "base/buf.h"
#include "base/time.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* Python's words: every reader of the file is ours or Python's. */
static void append_value(struct hd_buf *buf, double value)
{
	if (isnan(value))
		hd_buf_puts(buf, "NaN");
	else if (isinf(value))
		hd_buf_puts(buf, value > 0 ? "Infinity" : "-Infinity");
	else
		hd_buf_number(buf, value);
}

static void append_record(struct hd_buf *buf, const char *name, double value,
			  bool has_step, int64_t step)
{
	int64_t now = hd_time_wall();

	hd_buf_puts(buf, "{\"name\":");
	hd_buf_json(buf, name, strlen(name));
	hd_buf_puts(buf, ",\"value\":");
	append_value(buf, value);
	if (has_step)
		hd_buf_printf(buf, ",\"step\":%lld", (long long)step);
	/* Seconds, whatever the locale's decimal point. */
	hd_buf_printf(buf, ",\"ts\":%lld.%06lld}\n",
		      (long long)(now / 1000000), (long long)(now % 1000000));
}

/* All in one write, or other writers' records could stand in between. */
static int append_write(const char *path, const struct hd_buf *buf,
			struct hd_error *err)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	ssize_t wrote;
	int rc = 0;

	if (fd < 0)
		return hd_error_errno(err, errno, "cannot open '%s'", path);
	do {
		wrote = write(fd, buf->text, buf->length);
	} while (wrote < 0 && errno == EINTR);
	if (wrote < 0)
		rc = hd_error_errno(err, errno, "cannot write '%s'", path);
	else if ((size_t)wrote < buf->length)
		rc = hd_error_set(err, HD_EIO,
				  "cannot write '%s': no space was left for "
				  "the whole record",
				  path);
	if (close(fd) < 0 && rc == 0)
		rc = hd_error_errno(err, errno, "cannot write '%s'", path);
	return rc;
}

int hd_metric_append(const char *path, const char *name, double value,
		     bool has_step, int64_t step, struct hd_error *err)
{
	struct hd_buf buf = HD_BUF_INIT;
	int rc;

	if (!path || !*path)
		return hd_error_set(err, HD_EINVAL,
				    "no metrics file, expected a path as in "
				    "$HDRIVE_METRICS");
	if (!hd_metric_name_is_good(name, strlen(name)))
		return hd_error_set(err, HD_EINVAL,
				    "metric name has %zu bytes or a control "
				    "character, expected 1 to %d printable "
				    "bytes",
				    strlen(name), HD_METRIC_NAME);
	append_record(&buf, name, value, has_step, step);
	rc = hd_buf_failed(&buf) ? hd_error_nomem(err)
				 : append_write(path, &buf, err);
	hd_buf_release(&buf);
	return rc;
}
