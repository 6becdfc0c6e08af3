/*
 * What hdrive-launch does besides supervising: it starts the processes of a
 * trial that has several, stands between mpirun or srun and a rank, or starts
 * a container
 * (engine/program/ranks.c puts it there). None of this outlives the trial: the
 * supervisor above ends all of it.
 */
#ifndef HD_DISPATCH_LAUNCH_MODES_H
#define HD_DISPATCH_LAUNCH_MODES_H

#include <stdbool.h>

/* What a trial's words call the launcher that runs it, wherever that lies. */
#define HD_LAUNCH_NAME "hdrive-launch"

/* Whether WORD, the launcher's first, is one of them: "--rank" and so on. */
bool hd_launch_is_mode(const char *word);
/*
 * Whether PATH calls it "hdrive": so it stands in for the command on hosts that
 * have none, for scripts that report with "hdrive log".
 */
bool hd_launch_is_stand_in(const char *path);
/* As hd_launch_mode: ARGV begins behind that name. */
int hd_launch_stand_in(char **argv);
/* Whether ARGV, of a trial, is the launcher's own way to start its ranks;
 * LAUNCHER is how it was called itself. */
bool hd_launch_is_ranks(char *const *argv, const char *launcher);
/* Do it: ARGV begins with that word. The exit status, when it returns. */
int hd_launch_mode(char **argv);

/* --- for the modes themselves ---------------------------------------------- */

#define HD_LAUNCH_USAGE 64 /* exit status: the words are not as they should be */

/* --ranks KIND NODES WORKERS SERVERS PROGRAM...: all of them (launch_ranks.h) */
int hd_launch_ranks(char **argv);
/* --rank KIND NODES WORKERS SERVERS PROGRAM...: one, of mpirun's or srun's */
int hd_launch_rank(char **argv);
/* --agent HOST COMMAND...: what mpirun has in place of ssh (launch_nodes.h) */
int hd_launch_agent(char **argv);
/* --container COUNT TOOL OPTION... IMAGE PROGRAM... */
int hd_launch_container(char **argv);
/*
 * --look BYTES [INDEX COUNT FOLDER ATTEMPT PID START [NAME OFFSET]...]...: what
 * became of attempts on this machine, to its stdout. For each, with the INDEX
 * that was given it, lines, some of which have that many bytes behind them:
 *
 *	n INDEX                    there is no such folder
 *	u INDEX                    it cannot be read
 *	a INDEX TICKET OWNER LIVES whether the attempt's ticket is there, its
 *	                           mark, and a process PID that started at START
 *	s INDEX LENGTH             the record of who runs it, and x INDEX LENGTH
 *	                           of how it ended
 *	f INDEX NAME OFFSET LENGTH LEFT   bytes of the file from OFFSET on, as
 *	                           many of all files as BYTES at most; LEFT more
 *	                           are there. Logs of ranks are looked for.
 *
 * and a last line, ".".
 */
int hd_launch_look(char **argv);
/* --end FOLDER: kill all that runs in or below the folder; 0 when nothing is
 * left of it. */
int hd_launch_end(char **argv);

/* A whole number in decimal from 0 to 9999999; -1 for what is none. */
int hd_launch_number(const char *text);
void hd_launch_set(const char *name, const char *value);
void hd_launch_set_number(const char *name, int value);
/*
 * Rank RANK, not 0, does not speak for the trial: what it prints goes to
 * rank-N.log in the trial's folder, what it logs nowhere.
 */
void hd_launch_mute(int rank);
/* The absolute path of this program. */
const char *hd_launch_self(void);
/* Become the program; the exit status when that fails, which is said. */
int hd_launch_become(char **argv);
/* "hdrive-launch: WHAT 'SUBJECT': WHY" on stderr. */
void hd_launch_say(const char *what, const char *subject, const char *why);

#endif
