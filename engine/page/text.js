/*
 * Texts of programs and people as they can be shown. Characters that are not seen
 * but turn or hide what is beside them are written out, as "\u202e"; a name from
 * right to left stays by itself within a sentence. Nothing here knows the page, so
 * node tests it as it is.
 */

/*
 * Controls, what embeds and overrides a direction, marks of a direction, what has
 * no width, and separators of lines. An isolate is harmless and stays when it is
 * whole: apart() makes them. Joiners stay within scripts that are joined.
 */
const HIDDEN = new RegExp("[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e" +
	"\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2067\\u206a-\\u206f\\ufeff\\ufff9-\\ufffb]" +
	"|\\u2068(?![^\\u2066-\\u2069]*\\u2069)|(?<!\\u2068[^\\u2066-\\u2069]*)\\u2069" +
	"|(?<![^\\0-\\u02ff])[\\u200c\\u200d]", "g");
/* Of alphabets that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]|[\ud802\ud803\ud83a\ud83b]/;
const ISOLATES = /[\u2068\u2069]/g;

function written(character) {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/* What is shown of a text, wherever it came from. Most have nothing of the kind. */
export function legible(text) {
	const any = String(text);
	return any.search(HIDDEN) < 0 ? any : any.replace(HIDDEN, written);
}

/*
 * A name or a value as a part of a sentence: what follows, a number for instance,
 * would else be moved to the other side of what is written from right to left.
 */
export function apart(text) {
	const any = legible(text).replace(ISOLATES, written);
	return RIGHT_TO_LEFT.test(any) ? `\u2068${any}\u2069` : any;
}
