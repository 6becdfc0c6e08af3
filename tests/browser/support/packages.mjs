// What npm installed, which is in the build folder and not beside the tests:
// tests/browser/install.sh puts it there.
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const build = resolve(process.env.TEST_BUILD ?? join(root, 'build/release'));
const require = createRequire(join(root, 'build/browser/package.json'));

export const { chromium } = require('playwright-core');
export const axe = require.resolve('axe-core/axe.min.js');
export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
