/*
 * Addresses behind the hash: { sweep, tab, trial, compare, query } and back.
 * Nothing here knows the page, so node tests it as it is.
 */

export function home() {
	return "#/";
}

/* Of a route or some of its parts. */
export function link({ sweep, tab, trial = null, compare = null, query = null }) {
	if (!sweep)
		return home();
	const parts = ["sweep", sweep];
	if (trial !== null)
		parts.push("trial", trial);
	else if (compare)
		parts.push("compare", compare.join(","));
	else if (tab)
		parts.push(tab);
	const asked = new URLSearchParams(query || {}).toString();
	return `#/${parts.map((part) => encodeURIComponent(part).replaceAll("%2C", ",")).join("/")}` +
		(asked ? `?${asked}` : "");
}

function decoded(part) {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}

export function parse(hash) {
	const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
	const parts = path.split("/").map(decoded);
	const route = { sweep: null, tab: "", trial: null, compare: null,
		query: Object.fromEntries(new URLSearchParams(query)) };
	if (parts[0] !== "sweep" || !parts[1])
		return route;
	route.sweep = parts[1];
	if (parts[2] === "trial" && /^\d+$/.test(parts[3] || ""))
		route.trial = Number(parts[3]);
	else if (parts[2] === "compare")
		route.compare = (parts[3] || "").split(",").filter((n) => /^\d+$/.test(n)).map(Number);
	else
		route.tab = parts[2] || "";
	return route;
}

/* Only what is behind the "?" is another: no new step in the history. */
export function setQuery(changes) {
	const route = parse(location.hash);
	for (const [name, value] of Object.entries(changes))
		if (value)
			route.query[name] = value;
		else
			delete route.query[name];
	const at = link(route);
	if (at !== location.hash)
		history.replaceState(null, "", at);
}
