/* Errors: one message each, written by whoever knows most. */
#include <hdrive/error.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME(code)          \
	{                   \
		code, #code \
	}

static const struct {
	int code;
	const char *name;
} code_names[] = {
	NAME(HD_OK),
	NAME(HD_EXHAUSTED),
	NAME(HD_STOP),
	NAME(HD_ENDED),
	NAME(HD_RUNNING),
	NAME(HD_ENOMEM),
	NAME(HD_EINVAL),
	NAME(HD_ENOENT),
	NAME(HD_EEXIST),
	NAME(HD_EIO),
	NAME(HD_EBUSY),
	NAME(HD_ESTATE),
	NAME(HD_ELIMIT),
	NAME(HD_EVERSION),
	NAME(HD_ECORRUPT),
};

const char *hd_code_name(int code)
{
	for (size_t i = 0; i < sizeof code_names / sizeof code_names[0]; i++)
		if (code_names[i].code == code)
			return code_names[i].name;
	return "HD_?";
}

int hd_error_set(struct hd_error *err, int code, const char *fmt, ...)
{
	va_list args;

	if (!err)
		return code;
	err->code = code;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, args);
	va_end(args);
	return code;
}

int hd_error_at(struct hd_error *err, const struct hd_mark *mark, int code,
		const char *fmt, ...)
{
	va_list args;
	int length = 0;

	if (!err)
		return code;
	err->code = code;
	if (mark && mark->line)
		length = snprintf(err->text, sizeof err->text, "%s:%zu:%zu: ",
				  mark->file ? mark->file : "-", mark->line,
				  mark->column);
	if (length < 0 || (size_t)length >= sizeof err->text)
		length = 0;
	va_start(args, fmt);
	vsnprintf(err->text + length, sizeof err->text - (size_t)length, fmt,
		  args);
	va_end(args);
	return code;
}

int hd_error_nomem(struct hd_error *err)
{
	return hd_error_set(err, HD_ENOMEM, "out of memory");
}

static int code_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
		return HD_ENOENT;
	case EEXIST:
		return HD_EEXIST;
	case ENOMEM:
		return HD_ENOMEM;
	default:
		return HD_EIO;
	}
}

int hd_error_errno(struct hd_error *err, int errnum, const char *fmt, ...)
{
	int code = code_of_errno(errnum);
	va_list args;
	size_t length;

	if (!err)
		return code;
	err->code = code;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, args);
	va_end(args);
	length = strlen(err->text);
	snprintf(err->text + length, sizeof err->text - length, ": %s",
		 strerror(errnum));
	return code;
}
