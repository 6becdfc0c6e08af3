/*
 * What an address shows is asked for before the rest of the page is set up: the
 * answer is on its way meanwhile. main.js imports this before all else.
 */
import { parse } from "./route.js";
import { session } from "./session.js";

const route = parse(location.hash);

if (route.sweep) {
	const { best } = session(route);
	const main = document.getElementById("main");
	/* A frame without rows, just before the one that has them, would cost as much. */
	main.hidden = Boolean(best);
	const show = () => { main.hidden = false; };
	best?.then(show, show);
	setTimeout(show, 100);
}
