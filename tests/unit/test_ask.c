/* Tests of engine/sweep/ask.c: what an engine's socket gets, and what comes back. */
#include "storebox.h"

#include "sweep/ask.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

/* An engine's other side: takes one line and gives another. */
struct peer {
	struct storebox box;
	int listening;
	const char *answer;
	char line[512];
	pthread_t thread;
};

static void *peer_main(void *user)
{
	struct peer *peer = user;
	int fd = accept(peer->listening, NULL, NULL);
	size_t length = 0;

	while (length < sizeof peer->line - 1 && !memchr(peer->line, '\n', length)) {
		ssize_t got = recv(fd, peer->line + length, sizeof peer->line - 1 - length, 0);

		if (got <= 0)
			break;
		length += (size_t)got;
	}
	peer->line[length ? length - 1 : 0] = '\0';
	if (send(fd, peer->answer, strlen(peer->answer), MSG_NOSIGNAL) < 0)
		peer->line[0] = '\0';
	close(fd);
	return NULL;
}

static void peer_listen(struct peer *peer)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char folder[300];

	snprintf(folder, sizeof folder, "%s/.hdrive/s", peer->box.folder);
	assert_int_equal(mkdir(folder, 0777), 0);
	assert_int_equal(chdir(folder), 0);
	strcpy(address.sun_path, "engine.sock");
	peer->listening = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(peer->listening, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(peer->listening, 1), 0);
}

static void peer_expect(struct peer *peer, const char *answer)
{
	peer->answer = answer;
	memset(peer->line, 0, sizeof peer->line);
	assert_int_equal(pthread_create(&peer->thread, NULL, peer_main, peer), 0);
}

static void peer_got(struct peer *peer, const char *line)
{
	pthread_join(peer->thread, NULL);
	assert_string_equal(peer->line, line);
}

static int setup(void **state)
{
	struct peer *peer = calloc(1, sizeof *peer);

	box_open(&peer->box);
	box_sweep_insert(&peer->box, "s", "s", HD_MAXIMIZE);
	peer->listening = -1;
	*state = peer;
	return 0;
}

static int teardown(void **state)
{
	struct peer *peer = *state;

	if (peer->listening >= 0)
		close(peer->listening);
	assert_int_equal(chdir("/"), 0);
	box_close(&peer->box);
	free(peer);
	return 0;
}

static void each_is_the_line_that_the_engine_knows(void **state)
{
	static const size_t numbers[] = { 3, 41 };
	const struct hd_ask_limits limits = { .max_concurrent = 8, .max_duration = 90 };
	struct peer *peer = *state;
	struct hd_store *store = peer->box.store;
	int64_t sweep = peer->box.sweep;
	struct hd_error *err = &peer->box.err;
	size_t done;
	char *reply;

	peer_listen(peer);
	peer_expect(peer, "{\"ok\":true,\"count\":2}\n");
	ok(&peer->box, hd_ask_cancel(store, sweep, numbers, 2, true, &done, err));
	peer_got(peer, "{\"op\":\"cancel\",\"now\":true,\"trials\":[3,41]}");
	assert_int_equal(done, 2);

	peer_expect(peer, "{\"ok\":true,\"count\":1}\n");
	ok(&peer->box, hd_ask_retry(store, sweep, numbers, 1, &done, err));
	peer_got(peer, "{\"op\":\"retry\",\"now\":false,\"trials\":[3]}");
	assert_int_equal(done, 1);

	peer_expect(peer, "{\"ok\":true,\"before\":{}}\n");
	ok(&peer->box, hd_ask_limits(store, sweep, &limits, &reply, err));
	peer_got(peer, "{\"op\":\"update\",\"max_concurrent\":8,\"max_duration\":90}");
	assert_non_null(strstr(reply, "before"));
	free(reply);

	peer_expect(peer, "{\"ok\":true}\n");
	ok(&peer->box, hd_ask_hold(store, sweep, true, err));
	peer_got(peer, "{\"op\":\"update\",\"held\":true}");

	peer_expect(peer, "{\"ok\":true,\"count\":1}\n");
	ok(&peer->box, hd_ask_enqueue(store, sweep, "{\"--lr\":\n0.5}", err));
	peer_got(peer, "{\"op\":\"enqueue\",\"parameters\":{\"--lr\":0.5}}");
}

static void what_the_engine_refuses_is_said_in_its_words(void **state)
{
	struct peer *peer = *state;

	peer_listen(peer);
	peer_expect(peer, "{\"ok\":false,\"code\":-2,\"error\":\"not that\"}\n");
	assert_int_equal(hd_ask_hold(peer->box.store, peer->box.sweep, false, &peer->box.err), -2);
	peer_got(peer, "{\"op\":\"update\",\"held\":false}");
	assert_string_equal(peer->box.err.text, "not that");
}

static void a_sweep_without_an_engine_is_no_such_thing(void **state)
{
	struct peer *peer = *state;
	size_t done;

	assert_int_equal(hd_ask_cancel(peer->box.store, peer->box.sweep, NULL, 0, false, &done,
				       &peer->box.err),
			 HD_ENOENT);
	assert_string_equal(peer->box.err.text, "no engine runs the sweep");
	assert_int_equal(done, 0);
}

static void parameters_that_are_no_json_are_not_sent(void **state)
{
	struct peer *peer = *state;

	assert_int_equal(hd_ask_enqueue(peer->box.store, peer->box.sweep,
					"{}}\n{\"op\":\"cancel\"", &peer->box.err),
			 HD_EINVAL);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_is_the_line_that_the_engine_knows),
		CASE(what_the_engine_refuses_is_said_in_its_words),
		CASE(a_sweep_without_an_engine_is_no_such_thing),
		CASE(parameters_that_are_no_json_are_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
