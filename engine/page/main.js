import { get } from "./get.js";

const main = document.getElementById("main");

function add(parent, tag, text = "") {
	const element = document.createElement(tag);

	element.textContent = text;
	parent.append(element);
	return element;
}

async function list() {
	const { sweeps } = await get("sweeps");
	const table = add(main, "table");

	for (const sweep of sweeps) {
		const row = add(table, "tr");

		add(row, "td", sweep.name);
		add(row, "td", sweep.state);
	}
}

list().catch((error) => add(main, "p", error.message));
