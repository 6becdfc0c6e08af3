#include "sweep/name.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static const char *const name_qualities[] = {
	"able",
	"amber",
	"brave",
	"bright",
	"brisk",
	"calm",
	"clear",
	"clever",
	"cosmic",
	"crisp",
	"daring",
	"deft",
	"eager",
	"early",
	"fair",
	"fast",
	"fine",
	"fleet",
	"fresh",
	"gentle",
	"glad",
	"golden",
	"grand",
	"happy",
	"hardy",
	"honest",
	"jolly",
	"keen",
	"kind",
	"light",
	"lively",
	"lucid",
	"lucky",
	"merry",
	"mild",
	"neat",
	"nimble",
	"noble",
	"open",
	"patient",
	"plain",
	"proud",
	"quick",
	"quiet",
	"rapid",
	"ready",
	"rosy",
	"sharp",
	"shiny",
	"silent",
	"smart",
	"smooth",
	"snug",
	"solid",
	"steady",
	"still",
	"stout",
	"sunny",
	"swift",
	"tidy",
	"warm",
	"wise",
	"witty",
	"young",
};

static const char *const name_animals[] = {
	"ant",
	"badger",
	"bear",
	"beaver",
	"bee",
	"bison",
	"bobcat",
	"camel",
	"cat",
	"cod",
	"crab",
	"crane",
	"crow",
	"deer",
	"dove",
	"duck",
	"eagle",
	"eel",
	"elk",
	"falcon",
	"finch",
	"fox",
	"frog",
	"gecko",
	"goat",
	"goose",
	"hare",
	"hawk",
	"heron",
	"horse",
	"ibex",
	"jackal",
	"kite",
	"koala",
	"lark",
	"lemur",
	"lion",
	"lynx",
	"mole",
	"moose",
	"newt",
	"orca",
	"otter",
	"owl",
	"panda",
	"pike",
	"puma",
	"quail",
	"rabbit",
	"raven",
	"robin",
	"seal",
	"shark",
	"sparrow",
	"stork",
	"swan",
	"tiger",
	"toad",
	"trout",
	"turtle",
	"vole",
	"walrus",
	"wolf",
	"wren",
};

static int name_random(void *bytes, size_t count, struct hd_error *err)
{
	unsigned char *at = bytes;

	while (count) {
		ssize_t got = getrandom(at, count, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return hd_error_errno(err, errno,
					      "no random numbers from the system");
		at += got;
		count -= (size_t)got;
	}
	return 0;
}

int hd_name_make_id(char id[HD_SWEEP_ID_SIZE], struct hd_error *err)
{
	unsigned char b[16];
	int rc = name_random(b, sizeof b, err);

	if (rc < 0)
		return rc;
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	snprintf(id, HD_SWEEP_ID_SIZE,
		 "HD_%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x",
		 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9],
		 b[10], b[11], b[12], b[13], b[14], b[15]);
	return 0;
}

int hd_name_make(char name[HD_SWEEP_NAME_MOST + 1], struct hd_error *err)
{
	unsigned char pick[3];
	int rc = name_random(pick, sizeof pick, err);

	if (rc < 0)
		return rc;
	snprintf(name, HD_SWEEP_NAME_MOST + 1, "%s-%s-%d",
		 name_qualities[pick[0] % 64], name_animals[pick[1] % 64],
		 pick[2] % 10);
	return 0;
}

int hd_name_random_seed(unsigned long long *seed, struct hd_error *err)
{
	uint32_t word;
	int rc = name_random(&word, sizeof word, err);

	/* 32 bits: enough to differ, short enough to type again. */
	*seed = word;
	return rc;
}

int hd_name_check(const char *name, struct hd_error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";
	size_t length = strlen(name);

	if (length == 0 || length > HD_SWEEP_NAME_MOST)
		return hd_error_set(err, HD_EINVAL,
				    "a sweep's name has 1 to %d characters, "
				    "'%.80s' has %zu",
				    HD_SWEEP_NAME_MOST, name, length);
	if (name[strspn(name, allowed)] != '\0' || name[0] == '.' ||
	    name[0] == '-')
		return hd_error_set(err, HD_EINVAL,
				    "'%s' cannot be a sweep's name: letters, "
				    "digits, '-', '_' and '.' can, a letter, "
				    "digit or '_' first",
				    name);
	if (!strncmp(name, "HD_", 3) || !strcmp(name, "hdrive.db"))
		return hd_error_set(err, HD_EINVAL,
				    "'%s' cannot be a sweep's name: 'HD_...' is "
				    "for ids and 'hdrive.db' is the store",
				    name);
	return 0;
}
