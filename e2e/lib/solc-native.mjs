#!/usr/bin/env node
// solc-js with the command line of the native solc, as far as forge uses it: --version and --standard-json.
// Promises: the same compiler that the rest of the suite uses, with no download; anything else is refused.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const solc = createRequire(import.meta.url)('solc');
const args = process.argv.slice(2);

if (args.includes('--version')) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`);
} else if (args.includes('--standard-json')) {
  process.stdout.write(solc.compile(readFileSync(0, 'utf8')));
} else {
  console.error(`solc-native: only --version and --standard-json are served, not: ${args.join(' ')}`);
  process.exit(1);
}
