/* The files of a trial, folder by folder, to be saved. */
import { el, fill, icon } from "./dom.js";
import * as format from "./format.js";
import { address, get, path, report } from "./source.js";

/* A path below the trial's folder, each part of it as an address has it. */
function within(folder) {
	return folder.split("/").map(encodeURIComponent).join("/");
}

export function filesBox(name, number) {
	const element = el("div", { class: "files" });
	const base = path`sweeps/${name}/trials/${number}/files`;
	let folder = "";

	async function load() {
		let answer;
		try {
			answer = await get(`${base}?in=${within(folder)}`);
		} catch (error) {
			fill(element, el("p", { class: "empty small" }, error.status === 404 && !report ?
				"No files are kept here." : error.message));
			return;
		}
		const up = folder.split("/").slice(0, -1).join("/");
		fill(element,
			folder ? el("p", { class: "muted" }, `${folder}/`) : null,
			el("ul", {},
				folder ? el("li", {}, folderButton("..", up)) : null,
				answer.files.map((file) => el("li", {}, file.folder ?
					folderButton(file.name, folder ? `${folder}/${file.name}` : file.name) : fileLink(file)))),
			answer.files.length ? null : el("p", { class: "empty small" }, "No files."));
	}

	function folderButton(text, to) {
		return el("button", { type: "button", class: "plain", onclick: () => {
			folder = to;
			load();
		} }, icon("folder"), text);
	}

	function fileLink(file) {
		const at = address(`${base}/${within(folder ? `${folder}/${file.name}` : file.name)}`);
		const text = [icon("file"), el("span", {}, file.name)];
		return [at ? el("a", { href: at, download: file.name }, text) : el("span", {}, text),
			el("span", { class: "muted" }, format.bytes(file.size))];
	}

	return { element, load };
}
