/*
 * The file system under a store. SQLite's log needs locks and shared memory
 * among all processes that have it open (https://www.sqlite.org/wal.html): on
 * a network's file system those of two hosts do not see each other.
 */
#include "doctor/private.h"

#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#define NETWORK "SQLite's log does not work over a network: what two hosts write is lost or damaged"
#define MOVE "keep the store on a local disk: --db or HDRIVE_DB names it"
#define GUEST "it comes from outside of this machine: locks may not hold there"
#define ONE_HOST "run hdrive on one side only, or keep the store on a local disk"
#define NO_LINKS "it has no symbolic links, which trials' folders are made of"

/* Numbers from statfs(2) and the kernel's magic.h. */
static const struct hd_filesystem filesystems[] = {
	{ 0x0000ef53, "ext4", HD_HEALTH_OK, NULL, NULL },
	{ 0x58465342, "XFS", HD_HEALTH_OK, NULL, NULL },
	{ 0x9123683e, "Btrfs", HD_HEALTH_OK, NULL, NULL },
	{ 0x2fc12fc1, "ZFS", HD_HEALTH_OK, NULL, NULL },
	{ 0xf2f52010, "F2FS", HD_HEALTH_OK, NULL, NULL },
	{ 0xca451a4e, "bcachefs", HD_HEALTH_OK, NULL, NULL },
	{ 0x3153464a, "JFS", HD_HEALTH_OK, NULL, NULL },
	{ 0x52654973, "ReiserFS", HD_HEALTH_OK, NULL, NULL },
	{ 0x0000f15f, "eCryptfs", HD_HEALTH_OK, NULL, NULL },
	{ 0x01021994, "tmpfs", HD_HEALTH_WARNING, "it is memory: all is lost at the next start",
	  MOVE },
	{ 0x858458f6, "ramfs", HD_HEALTH_WARNING, "it is memory: all is lost at the next start",
	  MOVE },
	{ 0x794c7630, "overlayfs", HD_HEALTH_WARNING,
	  "a container's own: all goes with the container",
	  "keep the store on a volume: --db or HDRIVE_DB names it" },
	{ 0x61756673, "aufs", HD_HEALTH_WARNING, "a container's own: all goes with the container",
	  "keep the store on a volume: --db or HDRIVE_DB names it" },
	{ 0x65735546, "FUSE", HD_HEALTH_WARNING, "some of these have no locks, as sshfs", MOVE },
	{ 0x01021997, "9p", HD_HEALTH_WARNING, GUEST, ONE_HOST },
	{ 0x786f4256, "VirtualBox's shared folder", HD_HEALTH_WARNING, GUEST, ONE_HOST },
	{ 0xbacbacbc, "VMware's shared folder", HD_HEALTH_WARNING, GUEST, ONE_HOST },
	{ 0x00004d44, "FAT", HD_HEALTH_PROBLEM, NO_LINKS, MOVE },
	{ 0x2011bab0, "exFAT", HD_HEALTH_PROBLEM, NO_LINKS, MOVE },
	{ 0x00006969, "NFS", HD_HEALTH_PROBLEM, NETWORK, MOVE },
	{ 0xff534d42, "CIFS", HD_HEALTH_PROBLEM, NETWORK, MOVE },
	{ 0xfe534d42, "SMB", HD_HEALTH_PROBLEM, NETWORK, MOVE },
	{ 0x0000517b, "SMB", HD_HEALTH_PROBLEM, NETWORK, MOVE },
	{ 0x5346414f, "AFS", HD_HEALTH_PROBLEM, NETWORK, MOVE },
	{ 0x73757245, "Coda", HD_HEALTH_PROBLEM, NETWORK, MOVE },
	{ 0x00c36400, "Ceph", HD_HEALTH_PROBLEM, NETWORK, MOVE },
	{ 0x0bd00bd0, "Lustre", HD_HEALTH_PROBLEM, NETWORK, MOVE },
	{ 0x47504653, "GPFS", HD_HEALTH_PROBLEM, NETWORK, MOVE },
	{ 0x19830326, "BeeGFS", HD_HEALTH_PROBLEM, NETWORK, MOVE },
	{ 0x01161970, "GFS2", HD_HEALTH_PROBLEM, NETWORK, MOVE },
	{ 0x7461636f, "OCFS2", HD_HEALTH_PROBLEM, NETWORK, MOVE },
};

const struct hd_filesystem *hd_filesystem_find(uint32_t magic)
{
	for (size_t i = 0; i < sizeof filesystems / sizeof filesystems[0]; i++)
		if (filesystems[i].magic == magic)
			return &filesystems[i];
	return NULL;
}

void hd_visit_filesystem(struct hd_visit *visit)
{
	const struct hd_filesystem *found;
	struct statfs info;

	if (statfs(visit->folder, &info) < 0) {
		hd_visit_tell(visit, HD_HEALTH_WARNING, "file system", "let it be read",
			      "'%s' does not tell what it lies on", visit->folder);
		return;
	}
	found = hd_filesystem_find((uint32_t)info.f_type);
	if (!found)
		hd_visit_tell(visit, HD_HEALTH_OK, "file system", NULL,
			      "one that hdrive does not know, 0x%08lx: a local one, it seems",
			      (unsigned long)(uint32_t)info.f_type);
	else
		hd_visit_tell(visit, found->health, "file system", found->right, "%s%s%s",
			      found->name, found->why ? ": " : "", found->why ? found->why : "");
}

/* --- room on it ----------------------------------------------------------------- */

#define MEGA (UINT64_C(1) << 20)
#define SPACE_LEAST (64 * MEGA) /* a commit and a trial's log want some */
#define SPACE_LITTLE (1024 * MEGA)
#define FILES_LEAST 100 /* a trial makes about ten */
#define FILES_LITTLE 10000

enum hd_health hd_space_judge(uint64_t bytes, uint64_t files)
{
	if (bytes < SPACE_LEAST || files < FILES_LEAST)
		return HD_HEALTH_PROBLEM;
	if (bytes < SPACE_LITTLE || files < FILES_LITTLE)
		return HD_HEALTH_WARNING;
	return HD_HEALTH_OK;
}

void hd_visit_space(struct hd_visit *visit)
{
	struct statvfs info;
	uint64_t bytes, files;
	enum hd_health health;
	char text[32], all[32];

	if (statvfs(visit->folder, &info) < 0)
		return;
	bytes = (uint64_t)info.f_bavail * info.f_frsize;
	/* Some have no table of files that could be full, and say 0 of 0. */
	files = info.f_files ? info.f_favail : UINT64_MAX;
	health = hd_space_judge(bytes, files);
	hd_bytes_text(bytes, text, sizeof text);
	hd_bytes_text((uint64_t)info.f_blocks * info.f_frsize, all, sizeof all);
	if (files < FILES_LITTLE)
		hd_visit_tell(visit, health, "space", "'hdrive gc' removes what trials left",
			      "%s free of %s, room for %llu more files", text, all,
			      (unsigned long long)files);
	else
		hd_visit_tell(visit, health, "space",
			      health == HD_HEALTH_OK ? NULL
						     : "'hdrive gc' removes what trials left",
			      "%s free of %s", text, all);
}
