// What cmocka prints: a line for each test, the failures with all they say, and
// as the last line "N passed, N failed".
export default async function* report(source) {
	let passed = 0;
	let failed = 0;

	for await (const { type, data } of source) {
		const suite = data?.details?.type === 'suite';

		if (type === 'test:pass' && !suite) {
			passed++;
			yield `[       OK ] ${data.name} (${(data.details.duration_ms / 1000).toFixed(1)} s)\n`;
		} else if (type === 'test:fail') {
			// A suite fails by what is in it, or by itself.
			if (suite && data.details.error?.failureType === 'subtestsFailed')
				continue;
			failed++;
			const { error } = data.details;
			yield `[  FAILED  ] ${data.name}\n${error?.cause?.stack ?? error?.stack ?? error}\n`;
		} else if (type === 'test:stderr' || type === 'test:stdout') {
			yield data.message;
		}
	}
	yield `${passed} passed, ${failed} failed\n`;
}
