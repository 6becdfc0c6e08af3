/* What is asked of a finished node. */
#include "config/yaml.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"

const struct hd_yaml_pair *hd_yaml_get(const struct hd_yaml_node *map,
				       const char *key)
{
	if (!map || map->kind != HD_YAML_MAP)
		return NULL;
	for (size_t i = 0; i < map->count; i++)
		if (!strcmp(map->pairs[i].key, key))
			return &map->pairs[i];
	return NULL;
}

static void json_map(struct hd_buf *buf, const struct hd_yaml_node *node)
{
	hd_buf_putc(buf, '{');
	for (size_t i = 0; i < node->count; i++) {
		if (i)
			hd_buf_putc(buf, ',');
		hd_buf_json(buf, node->pairs[i].key,
			    strlen(node->pairs[i].key));
		hd_buf_putc(buf, ':');
		hd_yaml_json(buf, node->pairs[i].value);
	}
	hd_buf_putc(buf, '}');
}

/* Depth and length are bounded by the limits of the tree. */
void hd_yaml_json(struct hd_buf *buf, const struct hd_yaml_node *node)
{
	switch (node->kind) {
	case HD_YAML_NULL:
		hd_buf_puts(buf, "null");
		break;
	case HD_YAML_BOOL:
		hd_buf_puts(buf, node->integer ? "true" : "false");
		break;
	case HD_YAML_INTEGER:
		hd_buf_printf(buf, "%lld", (long long)node->integer);
		break;
	case HD_YAML_REAL:
		hd_buf_json_number(buf, node->number);
		break;
	case HD_YAML_TEXT:
		hd_buf_json(buf, node->text, node->length);
		break;
	case HD_YAML_LIST:
		hd_buf_putc(buf, '[');
		for (size_t i = 0; i < node->count; i++) {
			if (i)
				hd_buf_putc(buf, ',');
			hd_yaml_json(buf, node->items[i]);
		}
		hd_buf_putc(buf, ']');
		break;
	case HD_YAML_MAP:
		json_map(buf, node);
		break;
	}
}

/* At most 40 bytes of TEXT, never half a character. */
static int text_shown(const char *text, size_t length)
{
	if (length <= 40)
		return (int)length;
	length = 40;
	while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	return (int)length;
}

const char *hd_yaml_describe(const struct hd_yaml_node *node, char *text)
{
	int shown;

	switch (node->kind) {
	case HD_YAML_NULL:
		return "nothing";
	case HD_YAML_LIST:
		return "a list";
	case HD_YAML_MAP:
		return "a mapping";
	case HD_YAML_BOOL:
	case HD_YAML_INTEGER:
	case HD_YAML_REAL:
	case HD_YAML_TEXT:
		break;
	}
	shown = text_shown(node->text, node->length);
	snprintf(text, HD_YAML_DESCRIPTION,
		 node->kind == HD_YAML_TEXT ? "text '%.*s%s'" : "%.*s%s",
		 shown, node->text, (size_t)shown < node->length ? "..." : "");
	return text;
}
