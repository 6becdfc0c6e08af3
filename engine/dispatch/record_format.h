/*
 * What the launcher writes into a trial's folder, by name: shared by its
 * writer, launch.c, and its reader, record.c. Both files hold one line, a JSON
 * object. "exit" comes by rename, so a reader sees a whole one or none. "state"
 * is written in place, by one call: one that is not whole is no JSON, and as if
 * it were not there.
 */
#ifndef HD_DISPATCH_RECORD_FORMAT_H
#define HD_DISPATCH_RECORD_FORMAT_H

/* Behind a file's name while it is being written. */
#define HD_RECORD_DRAFT ".tmp"

/*
 * Before the number of an attempt. Who launches it leaves the ticket, the
 * launcher renames it to its own mark before it does anything else, and who
 * unlinks the ticket instead knows that no launcher has begun nor will. Both
 * are links to the name of the host, a file made and written in one step, and
 * mostly names of one and the same link.
 */
#define HD_RECORD_TICKET "ticket-"
#define HD_RECORD_OWNER "owner-"

/* In both: which attempt's it is. */
#define HD_RECORD_ATTEMPT "attempt"

/* How the attempt ended; written last. */
#define HD_RECORD_EXIT "exit"
#define HD_RECORD_CODE "code"       /* exit status, -1 for none */
#define HD_RECORD_SIGNAL "signal"   /* that killed it, 0 for none */
#define HD_RECORD_ERROR "error"     /* why it was not started, or null */
#define HD_RECORD_STARTED "started" /* microseconds since 1970, UTC */
#define HD_RECORD_ENDED "ended"
#define HD_RECORD_USER "user" /* seconds, of all it waited for */
#define HD_RECORD_SYSTEM "system"
#define HD_RECORD_MAXRSS "maxrss"         /* bytes, of the largest process */
#define HD_RECORD_STRAGGLERS "stragglers" /* descendants that outlived it */
#define HD_RECORD_STOPPED "stopped"       /* it was asked to stop */
#define HD_RECORD_OOM "oom"               /* killed for want of memory */

/* Who runs it; written before the program runs. */
#define HD_RECORD_STATE "state"
#define HD_RECORD_PID "pid"         /* of the launcher */
#define HD_RECORD_START "start"     /* of the launcher, /proc stat field 22 */
#define HD_RECORD_PROGRAM "program" /* pid and process group of the program */
#define HD_RECORD_SLOT "slot"       /* its HDRIVE_SLOT, -1 for none */
#define HD_RECORD_DEVICES "devices" /* its HDRIVE_DEVICES; not there for none */
#define HD_RECORD_CGROUP "cgroup"   /* path of its control group, or "" */
#define HD_RECORD_BOOT "boot"       /* the kernel's boot id */
#define HD_RECORD_HOST "host"

/* A control group's name, behind its last slash: the pid of the engine that
 * made it follows, when that started, and a number. */
#define HD_RECORD_CGROUP_PREFIX "/hdrive-"

/* The launcher's own exit status. */
#define HD_RECORD_EXIT_USAGE 64
#define HD_RECORD_EXIT_UNWRITTEN 70 /* the record could not be written */
/* Of a trial's ranks: a machine of theirs was lost, or is not reached. */
#define HD_RECORD_RANKS_LOST 79
#define HD_RECORD_EXIT_WITHDRAWN 78 /* there was no ticket; nothing was done */

#endif
