/* Tests of engine/serve/web.c. */
#include "check.h"

#include "serve/web.h"

#define TOKEN "secret-token"

static const struct hd_web_guard guard = { .token = TOKEN, .port = 8080 };
static struct hd_web_request request;
static struct hd_web_reply reply;

static int setup(void **state)
{
	(void)state;
	hd_web_reply_init(&reply);
	request = (struct hd_web_request){
		.method = "GET",
		.target = "/",
		.host = "127.0.0.1:8080",
		.authorization = "Bearer " TOKEN,
		.body = "",
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	hd_web_close(&request);
	hd_web_reply_release(&reply);
	return 0;
}

/* The status that the request gets: 200 when it is let in. */
static unsigned enter(const struct hd_web_guard *who)
{
	hd_web_close(&request);
	hd_web_reply_release(&reply);
	hd_web_reply_init(&reply);
	return hd_web_open(&request, who, &reply) ? 200 : reply.status;
}

static void a_target_is_taken_apart_once(void **state)
{
	(void)state;
	request.target = "/a%20b/%2e%2e/+%2B?x=1+2&y=%26%3d&=e&z&x=3#end";
	assert_int_equal(enter(&guard), 200);
	assert_string_equal(hd_buf_text(&request.path), "/a b/../++");
	assert_string_equal(hd_web_argument(&request, "x"), "1 2");
	assert_string_equal(hd_web_argument(&request, "y"), "&=");
	assert_string_equal(hd_web_argument(&request, ""), "e");
	assert_string_equal(hd_web_argument(&request, "z"), "");
	assert_null(hd_web_argument(&request, "1 2"));
}

static void a_target_that_is_not_well_formed_is_refused(void **state)
{
	static const char *const targets[] = {
		"",
		"a",
		"http://x/",
		"*",
		"/%",
		"/%4",
		"/%zz",
		"/%00",
		"/?a=%00",
		"/?%=1",
		"/\xff",
		"/%ff",
		"/%c0%ae",
		"/%ed%a0%80",
		"/?a=%f8",
		"/%e2%82",
	};

	(void)state;
	for (size_t i = 0; i < ROWS(targets); i++) {
		request.target = targets[i];
		assert_int_equal(enter(&guard), 400);
	}
	request.target = "/%e2%82%ac%f0%9f%8e%89";
	assert_int_equal(enter(&guard), 200);
}

static void a_target_may_be_so_long(void **state)
{
	char *target = malloc(HD_WEB_TARGET_MOST + 2);

	(void)state;
	assert_non_null(target);
	memset(target, 'a', HD_WEB_TARGET_MOST + 1);
	target[0] = '/';
	target[HD_WEB_TARGET_MOST] = '\0';
	request.target = target;
	assert_int_equal(enter(&guard), 200);
	target[HD_WEB_TARGET_MOST] = 'a';
	target[HD_WEB_TARGET_MOST + 1] = '\0';
	assert_int_equal(enter(&guard), 400);
	free(target);
}

static void only_our_own_names_are_hosts(void **state)
{
	static const struct {
		const char *host;
		unsigned status;
	} rows[] = {
		{ "127.0.0.1:8080", 200 },
		{ "LOCALHOST:8080", 200 },
		{ "127.0.0.1", 403 },
		{ "127.0.0.1:80", 403 },
		{ "127.0.0.1:80800", 403 },
		{ "127.0.0.1:8080 ", 403 },
		{ "127.0.0.1.evil.example:8080", 403 },
		{ "evil.example:8080", 403 },
		{ "localhost.evil.example", 403 },
		{ "10.0.0.1:8080", 403 },
		{ "", 403 },
		{ NULL, 403 },
	};
	struct hd_web_guard bound = guard;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		request.host = rows[i].host;
		assert_int_equal(enter(&guard), rows[i].status);
	}
	bound.address = "10.0.0.1";
	request.host = "10.0.0.1:8080";
	assert_int_equal(enter(&bound), 200);
}

static void only_the_token_lets_in(void **state)
{
	static const struct {
		const char *header;
		unsigned status;
	} rows[] = {
		{ "Bearer secret-token", 200 },
		{ "bearer secret-token", 200 },
		{ "Bearer secret-toke", 401 },
		{ "Bearer secret-token ", 401 },
		{ "Bearer Secret-token", 401 },
		{ "Bearer ", 401 },
		{ "secret-token", 401 },
		{ "", 401 },
		{ NULL, 401 },
		/* "hdrive:secret-token", ":secret-token" */
		{ "Basic aGRyaXZlOnNlY3JldC10b2tlbg==", 200 },
		{ "Basic OnNlY3JldC10b2tlbg==", 200 },
		/* "secret-token", "secret-token:", "a:secret-token:" */
		{ "Basic c2VjcmV0LXRva2Vu", 401 },
		{ "Basic c2VjcmV0LXRva2VuOg==", 401 },
		{ "Basic YTpzZWNyZXQtdG9rZW46", 401 },
		{ "Basic ****", 401 },
		{ "Basic ", 401 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		request.authorization = rows[i].header;
		assert_int_equal(enter(&guard), rows[i].status);
	}
}

static void an_empty_token_lets_nobody_in(void **state)
{
	struct hd_web_guard open = { .token = "", .port = 8080 };

	(void)state;
	request.authorization = "Bearer ";
	assert_int_equal(enter(&open), 401);
	request.authorization = "Basic Og=="; /* ":" */
	assert_int_equal(enter(&open), 401);
}

static const struct hd_web_guard browsers = { .token = TOKEN,
					      .port = 8080,
					      .browsers = true };

static void a_token_in_the_query_is_for_the_page_in_a_browser(void **state)
{
	(void)state;
	request.authorization = NULL;
	request.target = "/?token=secret-token";
	assert_int_equal(enter(&guard), 401);
	assert_int_equal(enter(&browsers), 200);
	request.method = "POST";
	assert_int_equal(enter(&browsers), 401);
	request.method = "GET";
	request.target = "/?token=secret";
	assert_int_equal(enter(&browsers), 401);
	request.target = "/api/v1/sweeps?token=secret-token";
	assert_int_equal(enter(&browsers), 401);
	/* A header that is wrong is not made good by it. */
	request.target = "/?token=secret-token";
	request.authorization = "Bearer x";
	assert_int_equal(enter(&browsers), 401);
}

static void the_cookie_of_this_port_lets_a_browser_in(void **state)
{
	static const struct {
		const char *cookie;
		unsigned status;
	} rows[] = {
		{ "hdrive-8080=secret-token", 200 },
		{ "a=b; hdrive-8080=secret-token", 200 },
		{ "hdrive-8080=old; hdrive-8080=secret-token;c", 200 },
		{ "hdrive-8080=secret-token ", 401 },
		{ "hdrive-8080=secret-toke", 401 },
		{ "hdrive-8080=", 401 },
		{ "hdrive-8080", 401 },
		{ "xhdrive-8080=secret-token", 401 },
		{ "hdrive-80800=secret-token", 401 },
		{ "hdrive-8081=secret-token", 401 },
		{ "=secret-token", 401 },
		{ ";;; ;", 401 },
		{ "", 401 },
		{ NULL, 401 },
	};

	(void)state;
	request.authorization = NULL;
	request.target = "/api/v1/sweeps";
	for (size_t i = 0; i < ROWS(rows); i++) {
		request.cookie = rows[i].cookie;
		assert_int_equal(enter(&browsers), rows[i].status);
		assert_int_equal(enter(&guard), 401);
	}
}

static void a_cookie_is_not_for_what_other_pages_ask(void **state)
{
	static const struct {
		const char *site;
		unsigned api, page;
	} rows[] = {
		{ NULL, 200, 200 },
		{ "same-origin", 200, 200 },
		{ "none", 200, 200 },
		/* A page at another port of this machine. */
		{ "same-site", 401, 200 },
		{ "cross-site", 401, 200 },
		{ "else", 401, 200 },
	};

	(void)state;
	request.authorization = NULL;
	request.cookie = "hdrive-8080=secret-token";
	for (size_t i = 0; i < ROWS(rows); i++) {
		request.site = rows[i].site;
		request.target = "/api/v1/sweeps";
		assert_int_equal(enter(&browsers), rows[i].api);
		request.target = "/";
		assert_int_equal(enter(&browsers), rows[i].page);
	}
}

static void only_our_own_page_or_who_has_the_token_may_act(void **state)
{
	static const struct {
		const char *cookie, *origin, *site, *kind;
		unsigned status;
	} rows[] = {
#define OURS "http://127.0.0.1:8080"
#define JSON "application/json"
#define COOKIE "hdrive-8080=secret-token"
		{ COOKIE, OURS, "same-origin", JSON, 200 },
		{ COOKIE, OURS, NULL, "Application/JSON; charset=utf-8", 200 },
		{ COOKIE, NULL, NULL, JSON, 403 },
		{ COOKIE, NULL, "same-origin", JSON, 403 },
		{ COOKIE, "null", NULL, JSON, 403 },
		{ COOKIE, "http://127.0.0.1:8081", NULL, JSON, 403 },
		{ COOKIE, "https://127.0.0.1:8080", NULL, JSON, 403 },
		{ COOKIE, "http://localhost:8080", NULL, JSON, 403 },
		{ COOKIE, "http://evil.example", NULL, JSON, 403 },
		{ COOKIE, OURS, "same-origin", "text/plain", 400 },
		{ COOKIE, OURS, "same-origin", "application/jsonx", 400 },
		{ COOKIE, OURS, "same-origin", NULL, 400 },
		{ NULL, NULL, NULL, JSON, 200 },
		{ NULL, "http://evil.example", NULL, JSON, 403 },
		{ NULL, NULL, "cross-site", JSON, 403 },
		{ NULL, NULL, NULL, "application/x-www-form-urlencoded", 400 },
	};

	(void)state;
	request.method = "POST";
	request.target = "/api/v1/sweeps/x/cancel";
	for (size_t i = 0; i < ROWS(rows); i++) {
		request.cookie = rows[i].cookie;
		request.authorization = rows[i].cookie ? NULL : "Bearer " TOKEN;
		request.origin = rows[i].origin;
		request.kind = rows[i].kind;
		request.site = NULL;
		assert_int_equal(enter(&browsers), 200);
		request.site = rows[i].site;
		assert_int_equal(hd_web_may_act(&request, &reply) ? 200 : reply.status,
				 rows[i].status);
	}
}

static void gzip_is_for_who_says_it(void **state)
{
	static const struct {
		const char *encodings;
		bool takes;
	} rows[] = {
		{ NULL, false },
		{ "", false },
		{ "gzip", true },
		{ "br, GZIP", true },
		{ "gzip;q=0.5", true },
		{ "gzip;q=0", false },
		{ "gzip; q=0.000, br", false },
		{ "x-gzip, gzipped", false },
		{ ",,;=,", false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		request.encodings = rows[i].encodings;
		assert_int_equal(hd_web_takes_gzip(&request), rows[i].takes);
	}
}

static void a_failure_is_json_with_its_status(void **state)
{
	struct hd_error err = { 0 };

	(void)state;
	reply.mlflow = true;
	hd_buf_puts(&reply.body, "half an answer");
	hd_web_header(&reply, "X", "of it");
	hd_web_fail(&reply, "RESOURCE_DOES_NOT_EXIST", "no '%s'", "a\"\n\x1b");
	assert_int_equal(reply.status, 404);
	assert_string_equal(hd_buf_text(&reply.body),
			    "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\","
			    "\"message\":\"no 'a\\\"\\n\\u001b'\"}");
	assert_int_equal(reply.headers.length, 0);
	hd_web_fail(&reply, "NEVER_HEARD_OF", "x");
	assert_int_equal(reply.status, 500);
	reply.mlflow = false;
	hd_web_fail(&reply, "METHOD_NOT_ALLOWED", "x");
	assert_int_equal(reply.status, 405);
	assert_string_equal(hd_buf_text(&reply.body),
			    "{\"error\":{\"code\":\"METHOD_NOT_ALLOWED\","
			    "\"message\":\"x\"}}");
	hd_error_set(&err, HD_ESTATE, "it's <over>");
	hd_web_fail_error(&reply, &err);
	assert_int_equal(reply.status, 409);
	assert_string_equal(hd_buf_text(&reply.body),
			    "{\"error\":{\"code\":\"HD_ESTATE\","
			    "\"message\":\"it's <over>\"}}");
}

static void each_interface_has_errors_of_its_own_shape(void **state)
{
	static const struct {
		const char *target;
		bool mlflow;
	} rows[] = {
		{ "/api/2.0/mlflow/runs/get", true },
		{ "/ajax-api/2.0/%", true },
		{ "/api/v1/sweeps", false },
		{ "/", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		request.target = rows[i].target;
		enter(&browsers);
		assert_int_equal(reply.mlflow, rows[i].mlflow);
		enter(&guard);
		assert_true(reply.mlflow);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_target_is_taken_apart_once),
		TEST(a_target_that_is_not_well_formed_is_refused),
		TEST(a_target_may_be_so_long),
		TEST(only_our_own_names_are_hosts),
		TEST(only_the_token_lets_in),
		TEST(an_empty_token_lets_nobody_in),
		TEST(a_token_in_the_query_is_for_the_page_in_a_browser),
		TEST(the_cookie_of_this_port_lets_a_browser_in),
		TEST(a_cookie_is_not_for_what_other_pages_ask),
		TEST(only_our_own_page_or_who_has_the_token_may_act),
		TEST(gzip_is_for_who_says_it),
		TEST(a_failure_is_json_with_its_status),
		TEST(each_interface_has_errors_of_its_own_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
