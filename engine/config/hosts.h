/*
 * Hosts as people write them: "h1, h2:4", a list of such, or of mappings such
 * as {host: h2, slots: 4, gpus: [0, 1]}; for a backend each is the text "NAME",
 * with " slots=N" and " gpus=M" behind it where they are said.
 */
#ifndef HD_CONFIG_HOSTS_H
#define HD_CONFIG_HOSTS_H

#include "config/load.h"

/* The key that is read so. */
#define HD_HOSTS_KEY "hosts"

/* A list of texts in place of NODE; NULL after an error. */
const struct hd_yaml_node *hd_hosts_plain(struct hd_loader *loader,
					  const struct hd_yaml_node *node);

#endif
