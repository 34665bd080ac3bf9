// The transactions that somebody signed once, for no chain in particular, and that everybody sends to every chain.
// Promises: each recovers to its known deployer, or this file throws; Multicall3's code comes from PyPI's `multicall`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Transaction } from 'ethers';
import { E2E_DIR } from './target.mjs';

const UNPROTECTED = { type: 0, chainId: 0, nonce: 0, value: 0, gasPrice: 100_000_000_000n };

/** Arachnid's deterministic deployment proxy: CREATE2 for everyone. */
export function create2Deployer() {
  const data = `0x604580600e600039806000f350fe7f${'ff'.repeat(31)}e03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3`;
  const signature = { r: `0x${'22'.repeat(32)}`, s: `0x${'22'.repeat(32)}`, v: 27 };
  return checked({ ...UNPROTECTED, gasLimit: 100_000n, data, signature },
    { from: '0x3fAB184622Dc19b6109349B94811493BF2a45362', at: '0x4e59b44847b379578588920cA78FbF26c0B4956C' });
}

/** Multicall3, at the same address on every chain. */
export function multicall3() {
  const data = `0x608060405234801561001057600080fd5b50610ee0806100206000396000f3fe${multicall3Code()}`;
  const signature = { r: '0xedce47092c0f398cebf3ffc267f05c8e7076e3b89445e0fe50f6332273d4569b',
    s: '0x1b0b9d000e19b24c5869b0fc3b22b0d6fa47cd63316875cbbd577d76e6fde086', v: 28 };
  return checked({ ...UNPROTECTED, gasLimit: 1_000_000n, data, signature },
    { from: '0x05f32B3cC3888453ff71B01135B34FF8e41263F2', at: '0xcA11bde05977b3631167028862bE2a173976CA11' });
}

function checked(fields, { from, at }) {
  const tx = Transaction.from(fields);
  if (tx.from !== from) throw new Error(`the pre-signed transaction recovers to ${tx.from}, not to ${from}`);
  return { raw: tx.serialized, hash: tx.hash, from, at, cost: fields.gasLimit * fields.gasPrice };
}

function multicall3Code() {
  const lib = join(E2E_DIR, '.venv', 'lib');
  const python = readdirSync(lib).find((name) => name.startsWith('python3'));
  const source = readFileSync(join(lib, python, 'site-packages', 'multicall', 'constants.py'), 'utf8');
  return source.match(/MULTICALL3_BYTECODE[^"]*"0x([0-9a-f]+)"/)[1];
}
