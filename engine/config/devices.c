/*
 * The keys gpus, gpus_per_trial and cpus_per_trial: hdrive's own, as Azure
 * gives out devices by the compute target. What the machine has is asked when
 * the sweep begins: the file may be written elsewhere.
 */
#include "config/load.h"

#include "dispatch/gpu_list.h"

static bool is_scalar(const struct hd_yaml_node *node)
{
	return node->kind == HD_YAML_TEXT || node->kind == HD_YAML_INTEGER ||
	       node->kind == HD_YAML_REAL;
}

/* "gpus: [0, 2]" is "gpus: 0,2"; NULL after a report. */
static char *gpus_text(struct hd_loader *loader,
		       const struct hd_yaml_node *node)
{
	size_t count = node->kind == HD_YAML_LIST ? node->count : 1;
	struct hd_buf buf = HD_BUF_INIT;
	char found[HD_YAML_DESCRIPTION];
	char *text = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct hd_yaml_node *item =
			node->kind == HD_YAML_LIST ? node->items[i] : node;

		if (!is_scalar(item)) {
			hd_loader_error(loader, &item->place,
					"'gpus' must be 'auto', 'none' or a"
					" list of ids, got %s",
					hd_yaml_describe(item, found));
			goto out;
		}
		hd_buf_printf(&buf, "%s%s", i ? "," : "", item->text);
	}
	if (!hd_buf_failed(&buf))
		text = hd_arena_string(loader->arena, hd_buf_text(&buf));
	if (!text)
		loader->sink.code = HD_ENOMEM;
out:
	hd_buf_release(&buf);
	return text;
}

static bool read_gpus(struct hd_loader *loader, const struct hd_yaml_node *node)
{
	struct hd_gpu_list list = { 0 };
	struct hd_error err = { 0 };
	char *text = gpus_text(loader, node);
	int rc = text ? hd_gpu_list_read(&list, text, &err) : 0;

	hd_gpu_list_release(&list);
	if (rc == HD_ENOMEM)
		loader->sink.code = rc;
	else if (rc < 0)
		hd_loader_error(loader, &node->place, "%s", err.text);
	else
		loader->config->gpus = text;
	return text && rc == 0;
}

static void note_own(struct hd_loader *loader, const struct hd_yaml_node *node,
		     const char *key)
{
	hd_loader_note(loader, &node->place,
		       "'%s' is not Azure's: the compute target gives out"
		       " devices there",
		       key);
}

static void read_count(struct hd_loader *loader,
		       const struct hd_yaml_node *root, const char *key,
		       size_t *count)
{
	const struct hd_yaml_node *node = hd_loader_get(root, key);

	if (node && node->kind != HD_YAML_NULL &&
	    hd_loader_whole(loader, node, key, 1, count))
		note_own(loader, node, key);
}

void hd_hyperdrive_devices(struct hd_loader *loader,
			   const struct hd_yaml_node *root)
{
	struct hd_config *config = loader->config;
	const struct hd_yaml_node *node = hd_loader_get(root, "gpus");

	if (node && node->kind != HD_YAML_NULL && read_gpus(loader, node))
		note_own(loader, node, "gpus");
	read_count(loader, root, "gpus_per_trial", &config->gpus_per_trial);
	read_count(loader, root, "cpus_per_trial", &config->cpus_per_trial);
}
