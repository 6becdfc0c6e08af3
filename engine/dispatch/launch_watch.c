/* utimensat and its like. */
#define _XOPEN_SOURCE 700

#include "dispatch/launch_watch.h"

#include "dispatch/launch_text.h"
#include "dispatch/order_format.h"
#include "dispatch/record_format.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Microseconds: between signs of life, and between looks into the folder. */
#define BEAT (10 * INT64_C(1000000))
#define LOOK (2 * INT64_C(1000000))

static const char *name_make(char name[32], const char *prefix,
			     const char *attempt)
{
	struct hd_launch_text text = { name, name + 31 };

	hd_launch_text_add(&text, prefix);
	hd_launch_text_add(&text, attempt);
	return name;
}

void hd_launch_watch_start(struct hd_launch_watch *watch, int folder,
			   const char *attempt, int64_t now)
{
	*watch = (struct hd_launch_watch){ .is_on = true,
					   .folder = folder,
					   .attempt = attempt,
					   .beat = now + BEAT,
					   .look = now + LOOK };
}

/* That the folder cannot be asked right now tells nothing. */
bool hd_launch_watch_is_superseded(const struct hd_launch_watch *watch)
{
	char name[32];
	struct stat info;

	return watch->is_on &&
	       fstatat(watch->folder, name_make(name, HD_RECORD_OWNER, watch->attempt), &info,
		       AT_SYMLINK_NOFOLLOW) < 0 &&
	       errno == ENOENT;
}

static enum hd_launch_word word_take(const struct hd_launch_watch *watch)
{
	char name[32], text[16] = "";
	int fd = openat(watch->folder,
			name_make(name, HD_ORDER_CONTROL, watch->attempt),
			O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	if (fd >= 0)
		close(fd);
	if (length <= 0) /* it may be just being written */
		return HD_LAUNCH_WORD_NONE;
	(void)unlinkat(watch->folder, name, 0);
	text[strcspn(text, "\n")] = '\0';
	if (strcmp(text, HD_ORDER_KILL) == 0)
		return HD_LAUNCH_WORD_KILL;
	return strcmp(text, HD_ORDER_TERM) == 0 ? HD_LAUNCH_WORD_TERM
						: HD_LAUNCH_WORD_NONE;
}

enum hd_launch_word hd_launch_watch_turn(struct hd_launch_watch *watch,
					 int64_t now)
{
	if (!watch->is_on)
		return HD_LAUNCH_WORD_NONE;
	if (now >= watch->beat) {
		watch->beat = now + BEAT;
		(void)utimensat(watch->folder, HD_RECORD_STATE, NULL, 0);
	}
	if (now < watch->look)
		return HD_LAUNCH_WORD_NONE;
	watch->look = now + LOOK;
	if (hd_launch_watch_is_superseded(watch)) {
		watch->is_on = false;
		return HD_LAUNCH_WORD_LEAVE;
	}
	return word_take(watch);
}

int64_t hd_launch_watch_left(const struct hd_launch_watch *watch, int64_t now)
{
	int64_t next = watch->beat < watch->look ? watch->beat : watch->look;

	if (!watch->is_on)
		return -1;
	return next > now ? next - now : 0;
}
