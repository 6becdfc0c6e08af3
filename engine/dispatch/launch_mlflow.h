/*
 * The trial's own MLflow server, as far as the launcher goes
 * (docs/design/0009-mlflow.md): a listening socket on the loopback, made before
 * the program is started, and hdrive-mlflow beside the launcher, started when
 * the first client knocks. A trial that never does pays for one socket.
 *
 * Invariants:
 * - the token is in the environment of the program and of the server, and
 *   nowhere else;
 * - the server lives no longer than its lifeline, a pipe that we hold: when we
 *   die, however, it goes too;
 * - one that crashed is started again for the next connection: all it knew is
 *   in the trial's metrics file.
 *
 * The C library alone.
 */
#ifndef HD_DISPATCH_LAUNCH_MLFLOW_H
#define HD_DISPATCH_LAUNCH_MLFLOW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Set by the engine to HD_MLFLOW_ON where a server is wanted, to HD_MLFLOW_URI
 * where its address is to hold the token; by the launcher to its address. */
#define HD_MLFLOW_VARIABLE "HDRIVE_MLFLOW"
#define HD_MLFLOW_ON "on"
#define HD_MLFLOW_URI "uri"
#define HD_MLFLOW_OFF "off"
#define HD_MLFLOW_PROGRAM "hdrive-mlflow"

struct hd_launch_mlflow {
	char *program;   /* path of the server's; NULL where none is offered */
	int listener;    /* -1 when closed */
	int lifeline;    /* the server goes when it closes; -1 for no server */
	pid_t server;    /* 0 when none runs */
	bool wanted;     /* there may be a connection to start one for */
	int failed;      /* starts without one that lived for a while */
	int64_t started; /* the last one, on the steady clock; microseconds */
};

/*
 * Listen, and tell the program where by its environment; LAUNCHER is our own
 * path. Without the engine's word, or when it cannot be, nothing is offered
 * and the environment names no server.
 */
void hd_launch_mlflow_open(struct hd_launch_mlflow *mlflow,
			   const char *launcher);
/* SIGIO has come: somebody knocked. */
void hd_launch_mlflow_knock(struct hd_launch_mlflow *mlflow);
/* Start what has to be; returns after how many microseconds to come again,
 * -1 for never. */
int64_t hd_launch_mlflow_turn(struct hd_launch_mlflow *mlflow, int64_t now);
/* Whether PID, which has ended, was the server. */
bool hd_launch_mlflow_ended(struct hd_launch_mlflow *mlflow, pid_t pid);
/* The program has ended: the server answers what it has begun and goes. A
 * listener that was never needed stays for this process's next attempt. */
void hd_launch_mlflow_close(struct hd_launch_mlflow *mlflow);

#endif
