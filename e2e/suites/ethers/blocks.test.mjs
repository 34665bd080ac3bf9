// ethers 6: blocks, transactions, receipts and logs tell one story, whichever method is asked.
// Proves: dense transaction and log indices, equal answers by every road, tags, the pending block, uncles.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { deploy, devWallet, providerOf } from '../../lib/ethers.mjs';
import { onAnvil, seizaOnly } from '../../lib/target.mjs';
import { receiptOf } from '../../lib/wait.mjs';

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const { rpc } = chain;
const probe = await deploy(own('Probe'), devWallet(0, provider), 0);
const target = await probe.getAddress();

/** Ten accounts, six transactions each with three logs, all in one batch; the receipts in block order. */
async function burst() {
  const data = probe.interface.encodeFunctionData('notes', [3]);
  const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n, gasLimit: 100_000n };
  const signed = [];
  for (let n = 0; n < 6; n++) for (let i = 1; i < 10; i++) {
    const { chainId } = await provider.getNetwork();
    signed.push(await devWallet(i).signTransaction({ type: 2, to: target, data, chainId, nonce: n, ...fees }));
  }
  const batch = signed.map((raw, id) => ({ jsonrpc: '2.0', id, method: 'eth_sendRawTransaction', params: [raw] }));
  const answers = (await rpc.send(batch)).body;
  for (const a of answers) assert.equal(a.error, undefined, JSON.stringify(a.error));
  return Promise.all(answers.map((a) => receiptOf(rpc, a.result)));
}
const receipts = await burst();
const numbers = [...new Set(receipts.map((r) => r.blockNumber))];
const byBlock = new Map(numbers.map((n) => [n, receipts.filter((r) => r.blockNumber === n)
  .sort((a, b) => a.transactionIndex - b.transactionIndex)]));

test('transactions that wait together share a block', seizaOnly('anvil mines each by itself'), () => {
  assert.ok(Math.max(...[...byBlock.values()].map((r) => r.length)) > 1);
});

test('transaction indices, log indices and cumulative gas are dense in every block', async () => {
  for (const [number, found] of byBlock) {
    let gas = 0n, log = 0;
    found.forEach((r, i) => {
      assert.equal(Number(r.transactionIndex), i);
      gas += BigInt(r.gasUsed);
      assert.equal(BigInt(r.cumulativeGasUsed), gas);
      assert.equal(r.logs.length, 3);
      for (const l of r.logs) {
        assert.equal(Number(l.logIndex), log++);
        assert.deepEqual([l.transactionHash, l.transactionIndex, l.blockHash, l.removed],
          [r.transactionHash, r.transactionIndex, r.blockHash, false]);
      }
    });
    const block = await rpc('eth_getBlockByNumber', number, false);
    assert.equal(BigInt(block.gasUsed), gas);
    assert.deepEqual(block.transactions, found.map((r) => r.transactionHash));
  }
});

test('receipts, block receipts, getLogs and getTransactionBy* agree', async () => {
  for (const [number, found] of byBlock) {
    const { hash } = await rpc('eth_getBlockByNumber', number, false);
    assert.deepEqual(await rpc('eth_getBlockReceipts', number), found);
    assert.deepEqual(await rpc('eth_getBlockReceipts', hash), found);
    const logs = found.flatMap((r) => r.logs);
    const bare = (list) => list.map(({ blockTimestamp, ...rest }) => rest);
    assert.deepEqual(bare(await rpc('eth_getLogs', { blockHash: hash })), bare(logs));
    assert.deepEqual(bare(await rpc('eth_getLogs', { fromBlock: number, toBlock: number })), bare(logs));
    assert.equal(Number(await rpc('eth_getBlockTransactionCountByHash', hash)), found.length);
    assert.equal(Number(await rpc('eth_getBlockTransactionCountByNumber', number)), found.length);
    const byHash = await rpc('eth_getTransactionByHash', found[0].transactionHash);
    assert.deepEqual(await rpc('eth_getTransactionByBlockHashAndIndex', hash, '0x0'), byHash);
    assert.deepEqual(await rpc('eth_getTransactionByBlockNumberAndIndex', number, '0x0'), byHash);
    assert.equal(await rpc('eth_getTransactionByBlockHashAndIndex', hash, `0x${found.length.toString(16)}`), null);
    const full = await rpc('eth_getBlockByHash', hash, true);
    assert.deepEqual(full.transactions[0], byHash);
  }
});

test('every block names its parent, and time never runs backwards', async () => {
  const head = await provider.getBlockNumber();
  for (let n = head; n > Math.max(0, head - 10); n--) {
    const [block, parent] = await Promise.all([provider.getBlock(n), provider.getBlock(n - 1)]);
    assert.equal(block.parentHash, parent.hash);
    assert.ok(block.timestamp >= parent.timestamp);
    assert.ok(block.gasUsed <= block.gasLimit);
    assert.ok(block.baseFeePerGas >= 1n);
  }
});

test('blocks come without transactions too', async () => {
  const start = await provider.getBlockNumber();
  await new Promise((r) => setTimeout(r, 2_500));
  assert.ok(await provider.getBlockNumber() > start, 'the interval makes empty blocks');
});

test('tags: earliest is genesis; safe and finalized exist; unknown blocks are null', async () => {
  assert.equal((await rpc('eth_getBlockByNumber', 'earliest', false)).number, '0x0');
  const latest = Number((await rpc('eth_getBlockByNumber', 'latest', false)).number);
  for (const tag of ['safe', 'finalized']) {
    assert.ok(Number((await rpc('eth_getBlockByNumber', tag, false)).number) <= latest + 1);
  }
  assert.equal(await rpc('eth_getBlockByNumber', '0xffffffff', false), null);
  assert.equal(await rpc('eth_getBlockByHash', `0x${'ab'.repeat(32)}`, false), null);
  assert.equal(await rpc('eth_getTransactionByHash', `0x${'ab'.repeat(32)}`), null);
  assert.equal(await rpc('eth_getTransactionReceipt', `0x${'ab'.repeat(32)}`), null);
});

test('a final chain: safe and finalized are the latest block', seizaOnly('one vote makes a block final'), async () => {
  const [latest, final] = (await rpc.send([1, 2].map((id) => ({ jsonrpc: '2.0', id, method: 'eth_getBlockByNumber',
    params: [id === 1 ? 'finalized' : 'latest', false] })))).body.map((a) => Number(a.result.number));
  assert.ok(Math.abs(final - latest) <= 1, `finalized ${final}, latest ${latest}`);
});

test('the pending block sits on the latest and shows the waiting state', async () => {
  const pending = await rpc('eth_getBlockByNumber', 'pending', false);
  const latest = await rpc('eth_getBlockByNumber', 'latest', false);
  assert.ok([0, 1].includes(Number(pending.number) - Number(latest.number)) || onAnvil);
  assert.ok(Array.isArray(pending.transactions));
  const wallet = devWallet(1, provider);
  const nonce = await provider.getTransactionCount(wallet.address, 'latest');
  const sent = await wallet.sendTransaction({ to: wallet.address, nonce });
  assert.equal(await provider.getTransactionCount(wallet.address, 'pending'), nonce + 1);
  await sent.wait();
});

test('a nonce gap is not part of the pending count', async () => {
  const wallet = devWallet(2, provider);
  const nonce = await provider.getTransactionCount(wallet.address, 'latest');
  await wallet.sendTransaction({ to: wallet.address, nonce: nonce + 3 });
  assert.equal(await provider.getTransactionCount(wallet.address, 'pending'), nonce);
});

test('there are no uncles', async () => {
  const { hash, sha3Uncles, uncles } = await rpc('eth_getBlockByNumber', 'latest', false);
  assert.deepEqual(uncles, []);
  assert.equal(sha3Uncles, '0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347');
  assert.equal(await rpc('eth_getUncleCountByBlockHash', hash), '0x0');
  assert.equal(await rpc('eth_getUncleCountByBlockNumber', 'latest'), '0x0');
  assert.equal(await rpc('eth_getUncleByBlockNumberAndIndex', 'latest', '0x0'), null);
});
