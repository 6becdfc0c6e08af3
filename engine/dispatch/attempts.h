/*
 * The attempts of a trial: its folder holds the files of the latest one, those
 * of earlier ones lie in FOLDER/attempts/NUMBER/. What the trial keeps from one
 * attempt to the next (parameters, work/, outputs, checkpoints) stays.
 */
#ifndef HD_DISPATCH_ATTEMPTS_H
#define HD_DISPATCH_ATTEMPTS_H

#include <hdrive/error.h>

#define HD_ATTEMPTS_FOLDER "attempts"

/*
 * Move the files of the attempts below BELOW out of the way of that one, and
 * withdraw what tickets of theirs are left, so that none of them can begin.
 * What a crash left half done is finished. None of them runs any more.
 */
int hd_attempts_archive(const char *folder, unsigned below,
			struct hd_error *err);

#endif
