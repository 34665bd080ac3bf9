// What the repository publishes of its Solidity: ABI files in contracts/abi/, and the code of the exchange's custody;
// and of contracts that Rust's tests run.
// Promises: one compiler (the suite's solc-js) with fixed settings, no metadata, so that the same sources always give the
// same bytes; `node e2e/lib/published.mjs` writes them, and suite exchange checks that they are those of the sources.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REPO_DIR } from './target.mjs';

const require = createRequire(import.meta.url);
const CUSTODY = 'crates/vm/src/precompiles/exchange/Custody.sol';
const TESTS = ['OddToken'].map((name) => `crates/vm/src/tests/solidity/${name}.sol`);
const INTERFACES = ['IExchange', 'IVenue'];

/** Compiles files of the repository with what they import: { name: { abi, bytecode, runtime } }. */
export function compiled(...paths) {
  const read = (path) => readFileSync(join(REPO_DIR, path), 'utf8');
  const settings = { optimizer: { enabled: true, runs: 200 }, evmVersion: 'prague',
    metadata: { bytecodeHash: 'none', appendCBOR: false },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } } };
  const sources = Object.fromEntries(paths.map((path) => [path, { content: read(path) }]));
  const input = JSON.stringify({ language: 'Solidity', sources, settings });
  const output = JSON.parse(require('solc').compile(input, { import: (path) => ({ contents: read(path) }) }));
  const faults = (output.errors ?? []).filter((e) => e.severity === 'error');
  if (faults.length) throw new Error(faults.map((e) => e.formattedMessage).join('\n'));
  const units = Object.values(output.contracts).flatMap((unit) => Object.entries(unit));
  return Object.fromEntries(units.map(([name, { abi, evm }]) => [name,
    { abi, bytecode: `0x${evm.bytecode.object}`, runtime: evm.deployedBytecode.object }]));
}

/** What belongs into the repository: [path, text]. */
export function published() {
  const interfaces = compiled(...INTERFACES.map((name) => `contracts/${name}.sol`));
  const abis = INTERFACES.map((name) => [`contracts/abi/${name}.json`, abiText(interfaces[name].abi)]);
  const tests = TESTS.map((path) => [path.replace('.sol', '.hex'), hexText(compiled(path)[basename(path, '.sol')].runtime)]);
  return [...abis, [`${dirname(CUSTODY)}/custody.hex`, hexText(compiled(CUSTODY).Custody.runtime)], ...tests];
}

/** Code in lines. */
const hexText = (code) => `${code.match(/.{1,120}/g).join('\n')}\n`;

/** An ABI with an entry a line. */
const abiText = (abi) => `[\n${abi.map((entry) => `  ${JSON.stringify(entry)}`).join(',\n')}\n]\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of published()) {
    mkdirSync(dirname(join(REPO_DIR, path)), { recursive: true });
    writeFileSync(join(REPO_DIR, path), text);
    console.log(`${text.length.toString().padStart(8)} bytes  ${path}`);
  }
}
