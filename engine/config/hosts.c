#include "config/hosts.h"

#include <string.h>

/* The list that is being made. */
struct hosts {
	struct hd_loader *loader;
	struct hd_yaml_node *list;
	size_t room;
	bool failed;
};

static void hosts_add(struct hosts *hosts, const char *text, size_t length,
		      const struct hd_yaml_place *place)
{
	struct hd_arena *arena = hosts->loader->arena;
	struct hd_yaml_node *list = hosts->list;
	struct hd_yaml_node *node = hd_arena_alloc(arena, sizeof *node);
	struct hd_yaml_node **items;

	if (list->count == hosts->room) {
		hosts->room = 2 * hosts->room + 8;
		items = hd_arena_array(arena, hosts->room, sizeof *items);
		if (items && list->count)
			memcpy(items, list->items, list->count * sizeof *items);
		list->items = items;
	}
	if (node)
		node->text = hd_arena_copy(arena, text, length);
	if (!list->items || !node || !node->text) {
		hosts->loader->sink.code = HD_ENOMEM;
		hosts->failed = true;
		return;
	}
	node->kind = HD_YAML_TEXT;
	node->length = length;
	node->place = *place;
	list->items[list->count++] = node;
}

static void hosts_add_buf(struct hosts *hosts, struct hd_buf *buf,
			  const struct hd_yaml_place *place)
{
	if (hd_buf_failed(buf)) {
		hosts->loader->sink.code = HD_ENOMEM;
		hosts->failed = true;
	} else if (!hosts->failed) {
		hosts_add(hosts, hd_buf_text(buf), buf->length, place);
	}
	hd_buf_release(buf);
}

/* "NAME:4", and no IPv6 address: NAME with four slots. */
static void add_word(struct hosts *hosts, const char *word, size_t length,
		     const struct hd_yaml_place *place)
{
	const char *colon = memchr(word, ':', length);
	struct hd_buf buf = HD_BUF_INIT;
	size_t digits = 0;

	if (colon && colon > word)
		digits = strspn(colon + 1, "0123456789");
	if (digits && colon + 1 + digits == word + length) {
		hd_buf_add(&buf, word, (size_t)(colon - word));
		hd_buf_puts(&buf, " slots=");
		hd_buf_add(&buf, colon + 1, digits);
	} else {
		hd_buf_add(&buf, word, length);
	}
	hosts_add_buf(hosts, &buf, place);
}

/* Several names, or one with what is said of it: "h1 slots=4". */
static void add_text(struct hosts *hosts, const struct hd_yaml_node *node)
{
	const char *at = node->text;
	size_t before = hosts->list->count;

	if (strchr(at, '=')) {
		hosts_add(hosts, at, node->length, &node->place);
		return;
	}
	while (*at && !hosts->failed) {
		size_t length;

		at += strspn(at, ", \t\n");
		length = strcspn(at, ", \t\n");
		if (length)
			add_word(hosts, at, length, &node->place);
		at += length;
	}
	if (hosts->list->count == before && !hosts->failed) {
		hd_loader_error(hosts->loader, &node->place,
				"'" HD_HOSTS_KEY "' must not be empty");
		hosts->failed = true;
	}
}

/* The numbers of GPUs, how many of them, or a text that says so: "0,1". */
static void add_gpus(struct hosts *hosts, struct hd_buf *buf,
		     const struct hd_yaml_node *node)
{
	char found[HD_YAML_DESCRIPTION];
	bool is_list = node->kind == HD_YAML_LIST;
	size_t count = is_list ? node->count : 1;

	if (node->kind == HD_YAML_TEXT && node->length &&
	    !node->text[strspn(node->text, "0123456789,")]) {
		hd_buf_printf(buf, " gpus=%s", node->text);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct hd_yaml_node *item = is_list ? node->items[i] : node;

		if (item->kind != HD_YAML_INTEGER || item->integer < 0) {
			hd_loader_error(hosts->loader, &item->place,
					"'hosts.gpus' must be how many, or a list of"
					" their numbers, got %s",
					hd_yaml_describe(item, found));
			hosts->failed = true;
			return;
		}
		hd_buf_printf(buf, "%s%lld", i ? "," : " gpus=", (long long)item->integer);
	}
}

static void add_map(struct hosts *hosts, const struct hd_yaml_node *map)
{
	static const char *const keys[] = { "host", "slots", "gpus" };
	const struct hd_yaml_node *slots = hd_loader_get(map, "slots");
	const struct hd_yaml_node *gpus = hd_loader_get(map, "gpus");
	const struct hd_yaml_node *host = hd_loader_need(hosts->loader, map, "host");
	struct hd_buf buf = HD_BUF_INIT;
	const char *name;
	size_t number;

	hd_loader_unknown_keys(hosts->loader, map, "hosts.", keys,
			       sizeof keys / sizeof keys[0]);
	if (!host || !hd_loader_text(hosts->loader, host, "hosts.host", &name)) {
		hosts->failed = true;
		return;
	}
	hd_buf_puts(&buf, name);
	if (slots && slots->kind != HD_YAML_NULL) {
		if (hd_loader_whole(hosts->loader, slots, "hosts.slots", 1, &number))
			hd_buf_printf(&buf, " slots=%zu", number);
		else
			hosts->failed = true;
	}
	if (gpus && gpus->kind != HD_YAML_NULL)
		add_gpus(hosts, &buf, gpus);
	hosts_add_buf(hosts, &buf, &map->place);
}

static void add_item(struct hosts *hosts, const struct hd_yaml_node *node)
{
	char found[HD_YAML_DESCRIPTION];

	switch (node->kind) {
	case HD_YAML_TEXT:
		add_text(hosts, node);
		return;
	case HD_YAML_MAP:
		add_map(hosts, node);
		return;
	case HD_YAML_NULL:
	case HD_YAML_BOOL:
	case HD_YAML_INTEGER:
	case HD_YAML_REAL:
	case HD_YAML_LIST:
		break;
	}
	hd_loader_error(hosts->loader, &node->place,
			"a host must be text or a mapping with 'host', got %s",
			hd_yaml_describe(node, found));
	hosts->failed = true;
}

const struct hd_yaml_node *hd_hosts_plain(struct hd_loader *loader,
					  const struct hd_yaml_node *node)
{
	struct hosts hosts = { .loader = loader };
	bool is_list = node->kind == HD_YAML_LIST;

	hosts.list = hd_arena_alloc(loader->arena, sizeof *hosts.list);
	if (!hosts.list) {
		loader->sink.code = HD_ENOMEM;
		return NULL;
	}
	hosts.list->kind = HD_YAML_LIST;
	hosts.list->place = node->place;
	for (size_t i = 0; is_list && i < node->count && !hosts.failed; i++)
		add_item(&hosts, node->items[i]);
	if (!is_list)
		add_item(&hosts, node);
	return hosts.failed ? NULL : hosts.list;
}
