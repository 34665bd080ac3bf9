// A node that stops and starts again on the same home: cleanly, or shot in the middle of its work.
// Proves: the chain goes on, receipts and past state still answer, and no committed block is ever lost.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEther } from 'ethers';
import { own } from '../../lib/artifacts.mjs';
import { scratchFolder, startChain } from '../../lib/chain.mjs';
import { countingWallet, deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID, seizaOnly } from '../../lib/target.mjs';

const only = seizaOnly('anvil keeps nothing');
const open = [];
after(() => Promise.all(open.map((chain) => chain.kill())));
const start = async (options) => { const chain = await startChain(options); open.push(chain); return chain; };

/** What a chain says about itself and some transactions, in one value that can be compared. */
async function memory({ rpc }, { hashes, height, address }) {
  const receipts = await Promise.all(hashes.map((h) => rpc('eth_getTransactionReceipt', h)));
  const blocks = await Promise.all([0, 1, height].map((n) => rpc('eth_getBlockByNumber', `0x${n.toString(16)}`, true)));
  const past = await Promise.all([1, height].map((n) => rpc('eth_getBalance', devWallet(1).address, `0x${n.toString(16)}`)));
  const logs = await rpc('eth_getLogs', { fromBlock: '0x0', toBlock: `0x${height.toString(16)}` });
  const slots = await Promise.all([height - 1, height].map((n) => rpc('eth_getStorageAt', address, '0x0', `0x${n.toString(16)}`)));
  return { receipts, blocks, past, logs, slots, code: await rpc('eth_getCode', address, 'latest') };
}

test('a clean stop and a second start: the chain goes on where it was', only, async () => {
  const home = scratchFolder('restart');
  const first = await start({ home });
  const signer = countingWallet(0, providerOf(first));
  const probe = await deploy(own('Probe'), signer, 1);
  const hashes = [];
  for (let i = 0; i < 5; i++) hashes.push((await mined(probe.store(i + 10))).hash);
  hashes.push((await mined(signer.sendTransaction({ to: devWallet(1).address, value: parseEther('1') }))).hash);
  const height = Number(await first.rpc('eth_blockNumber'));
  const facts = { hashes, height, address: await probe.getAddress() };
  const before = await memory(first, facts);
  const stopped = await first.stop();
  assert.equal(stopped.code, 0, stopped.output);
  const second = await start({ home });
  assert.deepEqual(await memory(second, facts), before);
  assert.ok(Number(await second.rpc('eth_blockNumber')) >= height);
  const again = probe.connect(countingWallet(0, providerOf(second)));
  await mined(again.store(77));
  assert.equal(await again.value(), 77n);
  const head = await second.rpc('eth_getBlockByNumber', 'latest', false);
  const parent = await second.rpc('eth_getBlockByHash', head.parentHash, false);
  assert.equal(Number(parent.number), Number(head.number) - 1);
  assert.equal((await second.stop()).code, 0);
});

/** Keeps nine accounts sending until told to stop; `seen` fills with receipts that the node has shown. */
function load({ rpc }, nonces, seen) {
  const state = { on: true };
  const fields = { type: 2, chainId: CHAIN_ID, to: devWallet(0).address, value: 1n, gasLimit: 21_000n, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n };
  const sender = async (index) => {
    const [wallet, unseen] = [devWallet(index), []];
    while (state.on) {
      unseen.push(await rpc('eth_sendRawTransaction', await wallet.signTransaction({ ...fields, nonce: nonces[index]++ })));
      const receipt = await rpc('eth_getTransactionReceipt', unseen[0]);
      if (receipt) { seen.push(receipt); unseen.shift(); }
      await sleep(1);
    }
  };
  state.over = Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8, 9].map(sender));
  return state;
}

test('kill -9 in the middle of a load, three times: every receipt that was shown is still there', only, async () => {
  const home = scratchFolder('kill');
  const seen = [];
  let [genesis, height] = [null, 0];
  for (let round = 0; round < 3; round++) {
    const chain = await start({ home });
    genesis ??= (await chain.rpc('eth_getBlockByNumber', '0x0', false)).hash;
    assert.equal((await chain.rpc('eth_getBlockByNumber', '0x0', false)).hash, genesis);
    assert.ok(Number(await chain.rpc('eth_blockNumber')) >= height, 'no block that was shown is gone');
    for (const receipt of seen) assert.deepEqual(await chain.rpc('eth_getTransactionReceipt', receipt.transactionHash), receipt);
    const nonces = await Promise.all([...Array(10).keys()].map(async (i) => Number(await chain.rpc('eth_getTransactionCount', devWallet(i).address, 'pending'))));
    const work = load(chain, nonces, seen);
    await sleep(1_500 + round * 333);
    height = Number(await chain.rpc('eth_blockNumber'));
    await chain.kill();
    work.on = false;
    await work.over;
    assert.ok(height > 1);
  }
  assert.ok(seen.length > 50, `only ${seen.length} receipts seen: not much of a load`);
  const last = await start({ home });
  for (const receipt of seen) assert.deepEqual(await last.rpc('eth_getTransactionReceipt', receipt.transactionHash), receipt);
  const balances = await Promise.all([...Array(10).keys()].map((i) => last.rpc('eth_getBalance', devWallet(i).address, 'latest')));
  assert.ok(balances.reduce((sum, b) => sum + BigInt(b), 0n) <= parseEther('100000'), 'no money was made');
  await mined(devWallet(0, providerOf(last)).sendTransaction({ to: devWallet(1).address, value: 1n }));
});
