// Compiled contracts: unchanged ones from their own npm packages, and this suite's few of its own through solc-js.
// Promises: { abi, bytecode } with 0x; own contracts are compiled once per source text and kept in .build/.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { E2E_DIR } from './target.mjs';

const require = createRequire(import.meta.url);
const BUILD_DIR = join(E2E_DIR, '.build');
const MODULES_DIR = join(E2E_DIR, 'node_modules');

/** An artefact file of an npm package, for example '@uniswap/v2-core/build/UniswapV2Pair.json'. */
export function packaged(path) {
  const { abi, bytecode } = JSON.parse(readFileSync(join(MODULES_DIR, path), 'utf8'));
  return { abi, bytecode: bytecode.startsWith('0x') ? bytecode : `0x${bytecode}` };
}

/** A contract of contracts/<file>.sol: own('Probe'), or own('oz/Tokens', 'Token'). */
export function own(file, name = file.split('/').pop()) {
  const source = readFileSync(join(E2E_DIR, 'contracts', `${file}.sol`), 'utf8');
  const key = createHash('sha256').update(source).digest('hex').slice(0, 16);
  const kept = join(BUILD_DIR, `${file.replaceAll('/', '_')}-${key}.json`);
  if (!existsSync(kept)) keep(kept, compile(`contracts/${file}.sol`, source));
  const found = JSON.parse(readFileSync(kept, 'utf8'))[name];
  if (!found) throw new Error(`contracts/${file}.sol holds no contract ${name}`);
  return found;
}

function keep(path, contracts) {
  mkdirSync(BUILD_DIR, { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(contracts));
  renameSync(draft, path);
}

function compile(unit, content) {
  const settings = { optimizer: { enabled: true, runs: 200 }, evmVersion: 'prague',
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } };
  const input = { language: 'Solidity', sources: { [unit]: { content } }, settings };
  const readImport = (path) => ({ contents: readFileSync(join(MODULES_DIR, path), 'utf8') });
  const output = JSON.parse(require('solc').compile(JSON.stringify(input), { import: readImport }));
  const faults = (output.errors ?? []).filter((e) => e.severity === 'error');
  if (faults.length) throw new Error(faults.map((e) => e.formattedMessage).join('\n'));
  return Object.fromEntries(Object.entries(output.contracts[unit]).map(([name, c]) =>
    [name, { abi: c.abi, bytecode: `0x${c.evm.bytecode.object}` }]));
}
