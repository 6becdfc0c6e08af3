/*
 * Ranks in an allocation of Slurm's: srun starts one task for each, as its
 * users and their programs expect, and takes them along when one fails.
 *
 * srun ends with the largest status of all tasks, and KILL's is larger than
 * most. So each task is watched by a launcher of its own, which notes in a
 * folder beside the trial's files how it ended by itself: the first that failed
 * is the trial's end, and a server knows by it when no worker is left.
 */
#include "dispatch/launch_hosts.h"
#include "dispatch/launch_modes.h"
#include "dispatch/launch_ranks.h"
#include "dispatch/launch_text.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* From the batch process to its tasks, beside Slurm's own. */
#define HOSTS "HDRIVE_RANKS_HOSTS"
#define PORT "HDRIVE_RANKS_PORT"

/* Ports begin there, and end before those that a system gives away. */
#define PORT_FIRST 20000
#define PORT_COUNT 10000
#define PORT_TRIES 64
#define PATH_MOST 4096
#define HOSTS_MOST 65536

static char hosts_text[HOSTS_MOST];
static const char *hosts[HD_LAUNCH_NODES_MOST];

/* --- the folder of ends --------------------------------------------------------- */

/* PATH of PATH_MOST bytes: the attempt's, and NAME in it unless that is "". */
static void ends_path(char *path, const char *name)
{
	struct hd_launch_text text = { path, path + PATH_MOST - 1 };
	const char *folder = getenv("HDRIVE_DIR");
	const char *attempt = getenv("HDRIVE_ATTEMPT");

	hd_launch_text_add(&text, folder ? folder : ".");
	hd_launch_text_add(&text, "/.ranks-");
	hd_launch_text_add(&text, attempt ? attempt : "1");
	if (*name)
		hd_launch_text_add(&text, "/");
	hd_launch_text_add(&text, name);
}

static void ends_write(const char *name, const char *line)
{
	char path[PATH_MOST];
	int fd;

	ends_path(path, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return;
	/* Without it srun's own status counts. */
	if (write(fd, line, strlen(line)) < 0)
		unlink(path);
	close(fd);
}

/* "RANK STATUS HOST", of the first that failed. */
static void ends_failed(int rank, int status)
{
	const char *host = getenv("SLURMD_NODENAME");
	char line[400];
	struct hd_launch_text text = { line, line + sizeof line - 1 };

	hd_launch_text_number(&text, rank);
	hd_launch_text_add(&text, " ");
	hd_launch_text_number(&text, status);
	hd_launch_text_add(&text, " ");
	hd_launch_text_add(&text, host ? host : "?");
	ends_write("failed", line);
}

static void ends_worked(int rank)
{
	char name[32];
	struct hd_launch_text text = { name, name + sizeof name - 1 };

	hd_launch_text_add(&text, "worked-");
	hd_launch_text_number(&text, rank);
	ends_write(name, "");
}

/* How many workers have ended well; all names go when REMOVE. */
static int ends_count(bool remove)
{
	char path[PATH_MOST];
	DIR *folder;
	struct dirent *entry;
	int count = 0;

	ends_path(path, "");
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		count += strncmp(entry->d_name, "worked-", 7) == 0;
		if (remove && entry->d_name[0] != '.')
			unlinkat(dirfd(folder), entry->d_name, 0);
	}
	if (folder)
		closedir(folder);
	if (remove)
		rmdir(path);
	return count;
}

/* The status of the first that failed, which is said; 0 when none has. */
static int ends_first(void)
{
	char path[PATH_MOST], line[400];
	int fd, rank, status;
	ssize_t length;
	char *at;

	ends_path(path, "failed");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	length = read(fd, line, sizeof line - 1);
	close(fd);
	line[length > 0 ? length : 0] = '\0';
	rank = (int)strtol(line, &at, 10);
	status = (int)strtol(at, &at, 10);
	if (status < 1 || status > 255 || *at != ' ')
		return 0;
	hd_launch_failure_say(rank, at + 1, status);
	return status;
}

/* --- the batch process ------------------------------------------------------------ */

/* The job's own, so that jobs on one machine do not meet: the next one's begin
 * where these end. */
static int port_of_job(const struct hd_launch_shape *shape)
{
	const char *job = getenv("SLURM_JOB_ID");
	int all = hd_launch_ports_needed(shape, shape->workers + shape->servers);

	return (int)(strtoull(job ? job : "0", NULL, 10) *
		     (unsigned long long)all % PORT_COUNT);
}

static bool is_free(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 &&
		    bind(fd, (const struct sockaddr *)&at, sizeof at) == 0;

	if (fd >= 0)
		close(fd);
	return good;
}

/* Rank 0 will be on this machine, the first of the job's. */
static int port_find(const struct hd_launch_shape *shape)
{
	int port = port_of_job(shape);

	for (int i = 0; i < PORT_TRIES; i++)
		if (is_free(PORT_FIRST + (port + i) % PORT_COUNT))
			return PORT_FIRST + (port + i) % PORT_COUNT;
	return PORT_FIRST + port;
}

static bool hosts_find(const struct hd_launch_shape *shape)
{
	const char *list = getenv("SLURM_JOB_NODELIST");
	int count = hd_launch_hosts_expand(hosts_text, sizeof hosts_text, list,
					   shape->nodes);

	if (count != shape->nodes) {
		hd_launch_say("cannot find the job's nodes in", list ? list : "",
			      "SLURM_JOB_NODELIST");
		return false;
	}
	hd_launch_hosts_resolve(hosts_text, sizeof hosts_text);
	return true;
}

/* Whether srun is to start MPI's processes: else mpirun, which uses srun for
 * its own daemons and needs no libpmix of Slurm's. */
static const char *srun_of_mpi(const struct hd_launch_shape *shape)
{
	const char *type = getenv("SLURM_MPI_TYPE");

	if (shape->kind != HD_LAUNCH_MPI)
		return "none";
	return type && *type && strcmp(type, "none") != 0 ? type : NULL;
}

static pid_t srun_start(const struct hd_launch_shape *shape, const char *mpi)
{
	char nodes[32] = "--nodes=", tasks[32] = "--ntasks=", plugin[80] = "--mpi=";
	const char *const head[] = { "srun", "--kill-on-bad-exit=1", "--export=ALL",
				     nodes, tasks, plugin, hd_launch_self(),
				     "--rank" };
	const size_t count = sizeof head / sizeof head[0];
	struct hd_launch_text text = { nodes + 8, nodes + sizeof nodes - 1 };
	size_t words = 0;
	const char **argv;
	pid_t pid;

	hd_launch_text_number(&text, shape->nodes);
	text = (struct hd_launch_text){ tasks + 9, tasks + sizeof tasks - 1 };
	hd_launch_text_number(&text, shape->workers + shape->servers);
	text = (struct hd_launch_text){ plugin + 6, plugin + sizeof plugin - 1 };
	hd_launch_text_add(&text, mpi);
	while (shape->words[words])
		words++;
	argv = calloc(count + words + 1, sizeof *argv);
	if (!argv)
		return -1;
	memcpy(argv, head, sizeof head);
	memcpy(argv + count, shape->words, words * sizeof *argv);
	pid = fork();
	if (pid == 0) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		_exit(hd_launch_become((char **)(uintptr_t)argv));
	}
	free(argv);
	return pid;
}

/*
 * TERM for the tasks. Not through srun, which takes it for its own end and
 * kills them: this reaches the job's steps and nothing else.
 */
static void tasks_stop(void)
{
	const char *const argv[] = { "scancel", "--signal=TERM", "--quiet",
				     getenv("SLURM_JOB_ID"), NULL };
	pid_t pid = argv[3] ? fork() : -1;

	if (pid == 0)
		_exit(hd_launch_become((char **)(uintptr_t)argv));
}

static int srun_wait(pid_t pid, const sigset_t *signals)
{
	int status;

	for (;;) {
		pid_t ended = waitpid(-1, &status, WNOHANG);

		if (ended == pid)
			return hd_launch_status(status);
		if (ended <= 0 && sigwaitinfo(signals, NULL) == SIGTERM)
			tasks_stop();
	}
}

/* A step takes of its job's cores only what it is told to; how its tasks are to
 * be laid out is for us to say. */
static void tell_step(void)
{
	const char *cpus = getenv("SLURM_CPUS_PER_TASK");

	unsetenv("SLURM_NTASKS_PER_NODE");
	if (cpus)
		setenv("SRUN_CPUS_PER_TASK", cpus, 0);
}

int hd_launch_srun(const struct hd_launch_shape *shape)
{
	const char *mpi = srun_of_mpi(shape);
	char path[PATH_MOST];
	sigset_t signals;
	int status, first;
	pid_t pid;

	if (!hosts_find(shape))
		return 126;
	hd_launch_set("SLURM_EXPORT_ENV", "ALL"); /* mpirun's srun too */
	if (!mpi) {
		hosts_text[strcspn(hosts_text, ",")] = '\0';
		setenv("MASTER_ADDR", hosts_text, 0);
		if (!getenv("MASTER_PORT"))
			hd_launch_set_number("MASTER_PORT", port_find(shape));
		unsetenv(HD_LAUNCH_MEANS);
		return hd_launch_mpirun(shape, NULL);
	}
	hd_launch_set(HOSTS, hosts_text);
	hd_launch_set_number(PORT, port_find(shape));
	tell_step();
	ends_path(path, "");
	if (mkdir(path, 0777) < 0 && errno != EEXIST) {
		hd_launch_say("cannot make", path, strerror(errno));
		return 126;
	}
	hd_launch_signals(&signals);
	pid = srun_start(shape, mpi);
	if (pid < 0) {
		hd_launch_say("cannot start", "srun", strerror(errno));
		return 126;
	}
	status = srun_wait(pid, &signals);
	first = ends_first();
	ends_count(true);
	return first ? first : status;
}

/* --- a task -------------------------------------------------------------------------- */

/* Of this machine towards the first, whose number srun tells; NULL: unknown. */
static const char *own_address(void)
{
	static char text[INET_ADDRSTRLEN];
	const char *first = getenv("SLURM_LAUNCH_NODE_IPADDR");
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(9) };
	socklen_t size = sizeof at;
	const char *found = NULL;
	int fd;

	if (!first || inet_pton(AF_INET, first, &at.sin_addr) != 1)
		return NULL;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* Nothing is sent: this is what the way there would begin with. */
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&at, size) == 0 &&
	    getsockname(fd, (struct sockaddr *)&at, &size) == 0)
		found = inet_ntop(AF_INET, &at.sin_addr, text, sizeof text);
	if (fd >= 0)
		close(fd);
	return found;
}

/* As Slurm has laid them out, which may not be as evenly as we would. */
static struct hd_launch_seat seat_of_task(struct hd_launch_shape *shape)
{
	struct hd_launch_seat seat;
	const char *list = getenv("SLURM_STEP_TASKS_PER_NODE");
	int node = hd_launch_number(getenv("SLURM_NODEID"));
	int local = hd_launch_number(getenv("SLURM_LOCALID"));

	hd_launch_hosts_tasks(shape->first, list, shape->nodes);
	seat = hd_launch_seat_of(shape, hd_launch_number(getenv("SLURM_PROCID")));
	if (node >= 0 && node < shape->nodes)
		seat.node = node;
	if (local >= 0)
		seat.local = local;
	seat.local_size = shape->first[seat.node + 1] - shape->first[seat.node];
	return seat;
}

static _Noreturn void task_become(const struct hd_launch_shape *shape,
				  const struct hd_launch_seat *seat)
{
	int all = shape->workers + shape->servers;
	int base = hd_launch_number(getenv(PORT)) - PORT_FIRST;
	int *ports = calloc((size_t)all, sizeof *ports);
	const char *list = getenv(HOSTS);
	struct hd_launch_meeting meeting = { hosts, ports, own_address() };
	sigset_t none;

	for (int i = 0; ports && i < all; i++)
		ports[i] = PORT_FIRST + (base + i) % PORT_COUNT;
	if (!ports || !list || strlen(list) >= sizeof hosts_text ||
	    hd_launch_hosts_cut(hosts, strcpy(hosts_text, list),
				shape->nodes) != shape->nodes)
		_exit(126);
	unsetenv(HOSTS);
	unsetenv(PORT);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	hd_launch_tell(shape, seat, &meeting);
	_exit(hd_launch_become(shape->program));
}

/* The program may hear TERM, and end by it, just before we hear of it. */
static bool is_told_now(void)
{
	const struct timespec wait = { .tv_nsec = 200000000 };
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	return sigtimedwait(&term, NULL, &wait) == SIGTERM;
}

/* Its end; TERM from Slurm or the engine is for it too. */
static int task_wait(const struct hd_launch_shape *shape, pid_t pid,
		     bool serves, bool *was_told, const sigset_t *signals)
{
	const struct timespec second = { .tv_sec = 1 };
	int status, signal;

	for (;;) {
		pid_t ended = waitpid(pid, &status, WNOHANG);

		if (ended == pid) {
			*was_told = *was_told || (status && is_told_now());
			return hd_launch_status(status);
		}
		signal = serves ? sigtimedwait(signals, NULL, &second)
				: sigwaitinfo(signals, NULL);
		if (signal == SIGTERM)
			*was_told = true;
		/* Servers serve for ever: without workers they are done. */
		if (serves && !*was_told && ends_count(false) == shape->workers) {
			*was_told = true;
			kill(pid, SIGTERM);
		}
	}
}

int hd_launch_srun_rank(const struct hd_launch_shape *told)
{
	static struct hd_launch_shape shape;
	struct hd_launch_seat seat;
	bool was_told = false, serves;
	sigset_t signals;
	int status;
	pid_t pid;

	shape = *told;
	seat = seat_of_task(&shape);
	if (seat.rank < 0)
		return HD_LAUNCH_USAGE;
	serves = seat.rank >= shape.workers;
	hd_launch_signals(&signals);
	pid = fork();
	if (pid == 0)
		task_become(&shape, &seat);
	if (pid < 0)
		return 126;
	status = task_wait(&shape, pid, serves, &was_told, &signals);
	if (status && !was_told)
		ends_failed(seat.rank, status);
	else if (!serves && status == 0)
		ends_worked(seat.rank);
	return serves && was_told ? 0 : status;
}
