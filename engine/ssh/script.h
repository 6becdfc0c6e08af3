/*
 * What a host's shell knows: functions of sh, each done by one request. They
 * need a POSIX sh, tar and the base utilities, and the launcher for what takes
 * more. Where they fail they print why.
 */
#ifndef HD_SSH_SCRIPT_H
#define HD_SSH_SCRIPT_H

extern const char hd_ssh_script[];

/* hd_launch: the attempt was started there before. */
#define HD_SSH_STARTED 17
/* hd_launch: somebody has removed the sweep's files. */
#define HD_SSH_UNSTAGED 19
/* hd_tell, hd_withdraw: its ticket was taken back, so it never begins. */
#define HD_SSH_WITHDRAWN 18

#endif
