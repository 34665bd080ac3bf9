// A disk that fills up under a working node: a small in-memory file system stands for it.
// Proves: the node stops with one line that says so, loses nothing it has shown, and goes on once there is room.
// Needs the right to mount (root); where that is missing the test says so and is skipped.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { beforeRemoval, scratchFolder, startChain } from '../../lib/chain.mjs';
import { devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID, onAnvil } from '../../lib/target.mjs';

const MIB = 1 << 20;
const DISK_MIB = 256;
const FREE_MIB = 12;
const disk = scratchFolder('disk');
const mounted = !onAnvil && spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', disk]).status === 0;
beforeRemoval(() => { if (mounted) spawnSync('umount', ['-l', disk]); });

/** Sends large transactions until the node no longer answers; gives the receipts it had shown. */
async function fillUntilSilent(chain) {
  const seen = [];
  const fields = { type: 2, chainId: CHAIN_ID, to: devWallet(1).address, gasLimit: 6_000_000n, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n };
  const [wallet, hashes] = [devWallet(0), []];
  const data = () => `0x${Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))).toString('hex')}`;
  try {
    for (let nonce = 0; nonce < 1_000; nonce++) {
      hashes.push(await chain.rpc('eth_sendRawTransaction', await wallet.signTransaction({ ...fields, nonce, data: data() })));
      const receipt = await chain.rpc('eth_getTransactionReceipt', hashes[0]);
      if (receipt) { seen.push(receipt); hashes.shift(); }
    }
  } catch { /* it went silent, or refuses: that is what is looked at next */ }
  return seen;
}

test('a full disk stops the node with one line, and loses nothing', { skip: onAnvil ? 'seiza only: anvil keeps nothing' : !mounted && 'no right to mount here' }, async () => {
  const home = join(disk, 'home');
  const chain = await startChain({ home });
  const { bavail, bsize } = statfsSync(disk);
  const filler = join(disk, 'filler');
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - FREE_MIB * MIB)));
  const seen = await fillUntilSilent(chain);
  const { code, signal, output } = await Promise.race([chain.ended, new Promise((done) => setTimeout(done, 15_000, { code: 'running', output: chain.logs() }))]);
  assert.equal(signal ?? null, null, output);
  assert.equal(code, 1, `the node did not stop:\n${output}`);
  assert.match(output, /space|disk/i);
  assert.doesNotMatch(output, /panicked/);
  rmSync(filler);
  const again = await startChain({ home });
  for (const receipt of seen) assert.deepEqual(await again.rpc('eth_getTransactionReceipt', receipt.transactionHash), receipt);
  await mined(devWallet(2, providerOf(again)).sendTransaction({ to: devWallet(1).address, value: 1n }));
  await again.stop();
});
