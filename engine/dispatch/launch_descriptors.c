/* dup3 and close_range are Linux's. */
#define _GNU_SOURCE

#include "dispatch/launch_descriptors.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int hd_launch_descriptor_move(int fd, int at)
{
	if (fd == at)
		return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -1 : at;
	if (dup3(fd, at, O_CLOEXEC) < 0)
		return -1;
	close(fd);
	return at;
}

/* The engine's close on exec: this is for other callers. */
void hd_launch_descriptors_close(bool has_channel)
{
	unsigned first = has_channel ? HD_LAUNCH_CHANNEL_AT + 1 : HD_LAUNCH_FOLDER_AT;

	if (has_channel)
		close(HD_LAUNCH_FOLDER_AT);
#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0U, 0U) == 0)
		return;
#endif
	for (int fd = (int)first; fd < 1024; fd++)
		close(fd);
}

int hd_launch_file_append(int folder, const char *name, int fd)
{
	int file = openat(folder, name,
			  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (file < 0)
		return -1;
	if (file == fd) /* it was closed when we started */
		return fcntl(fd, F_SETFD, 0);
	if (dup2(file, fd) < 0)
		return -1;
	return close(file);
}
