/*
 * What /api/v1 answers (docs/reference/api.md): from the server, or in a report
 * from the file itself, which has answers as {"/api/v1/...": answer} within.
 */
const held = document.getElementById("hdrive-data");
const answers = held && JSON.parse(held.textContent);

/* Whether this page is a report: nothing changes, and not all is there. */
export const report = answers !== null;

export async function get(path) {
	const at = "/api/v1/" + path;

	if (answers) {
		if (!(at in answers))
			throw new Error("not in this report");
		return answers[at];
	}
	const reply = await fetch(at);
	const said = await reply.json();
	if (!reply.ok)
		throw new Error(said.error.message);
	return said;
}
