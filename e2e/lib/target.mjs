// What the suites run against: a Seiza devnet, or anvil while the node is being built (E2E_TARGET=anvil).
// Promises: one place that knows the binary, its flags and what anvil is excused from.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const E2E_DIR = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const REPO_DIR = resolve(E2E_DIR, '..');
export const CHAIN_ID = 713714;
export const MNEMONIC = 'test test test test test test test test test test test junk';
export const onAnvil = process.env.E2E_TARGET === 'anvil';

/** A Foundry program: from FOUNDRY_BIN_DIR if set, else the Linux x86-64 build inside its npm package. */
export const foundryBin = (name) => process.env.FOUNDRY_BIN_DIR
  ? join(process.env.FOUNDRY_BIN_DIR, name)
  : join(E2E_DIR, 'node_modules', '@foundry-rs', `${name}-linux-amd64`, 'bin', name);

/** Path of the node binary: SEIZA_BIN (relative to the repository), else the debug build. */
export function seizaBinary() {
  const path = resolve(REPO_DIR, process.env.SEIZA_BIN || 'target/debug/seiza');
  if (!existsSync(path)) throw new Error(`no node binary at ${path}: run "cargo build" or set SEIZA_BIN`);
  return path;
}

/** Command line of a devnet with its home folder and ports. */
export function devnetCommand({ home, http, ws, metrics, tendermint = 0, blockTime }) {
  if (!onAnvil) {
    const ports = ['--http-port', http, '--ws-port', ws, '--metrics-port', metrics, '--tendermint-port', tendermint].map(String);
    return [seizaBinary(), ['devnet', '--home', home, ...ports, '--block-time', blockTime]];
  }
  const flags = ['--port', http, '--chain-id', CHAIN_ID, '--gas-limit', 100_000_000, '--hardfork', 'prague',
    '--block-time', blockTime.replace(/s$/, ''), '--mixed-mining', '--steps-tracing',
    '--disable-default-create2-deployer'];
  return [foundryBin('anvil'), flags.map(String)];
}

/** Options for a test that only Seiza must pass; on anvil it is skipped, saying why. */
export const seizaOnly = (why) => ({ skip: onAnvil ? `seiza only: ${why}` : false });
