// Both kinds in one block, and how Ethereum's answers show such a block.
// Proves: one block holds both; Ethereum's lists leave Cosmos transactions out; indices of transactions and logs stay dense.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Contract, keccak256, parseUnits, sha256, toQuantity, Transaction } from 'ethers';
import { packaged } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { blockTxs, devUser, poolEmpty, send, sendAndWait, signed } from '../../lib/cosmos.mjs';
import { deploy, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID, onAnvil, seizaOnly } from '../../lib/target.mjs';
import { receiptOf } from '../../lib/wait.mjs';

const chain = await startChain();
after(() => chain.stop());
const { rpc } = chain;
const provider = providerOf(chain);
const only = seizaOnly('Cosmos transactions');
const users = await Promise.all(Array.from({ length: 8 }, (_, i) => devUser(i)));
const weth = onAnvil ? null : await deploy(packaged('canonical-weth/build/contracts/WETH9.json'), users[0].wallet.connect(provider));

/** Price in gwei decides the order in the block, so both kinds alternate, and a Cosmos one comes first and last. */
const cosmos = (n, gwei) => signed(users[n], [send(users[n], users[0], 1n)], { sequence: 0, fee: { amount: [{ denom: 'usei', amount: `${gwei * 200}` }], gas: '200000' } });
const deposit = async (n, gwei) => {
  const { data } = await weth.deposit.populateTransaction();
  const hex = await users[n].wallet.signTransaction({ type: 0, chainId: CHAIN_ID, nonce: 0, to: weth.target, data, value: 5n, gasLimit: 100_000n, gasPrice: parseUnits(`${gwei}`, 'gwei') });
  return { hex, hash: keccak256(hex) };
};
const seen = {};

test('one batch of both kinds is one block, best price first', only, async () => {
  seen.made = await Promise.all([cosmos(1, 70), deposit(2, 60), cosmos(3, 50), deposit(4, 40), deposit(5, 30), cosmos(6, 20)]);
  seen.newPending = await rpc('eth_newPendingTransactionFilter');
  const mixed = [3, 0, 4, 1, 5, 2].map((i) => seen.made[i]);
  const answers = (await rpc.send(mixed.map(({ hex }, id) => ({ jsonrpc: '2.0', id, method: 'eth_sendRawTransaction', params: [hex] })))).body;
  assert.deepEqual(answers.map(({ result }) => result), mixed.map(({ hash }) => hash));
  const { blockNumber } = await receiptOf(rpc, seen.made[4].hash);
  assert.deepEqual(await blockTxs(rpc, blockNumber), seen.made.map(({ hex }) => hex));
  seen.number = blockNumber;
  seen.evm = [1, 3, 4].map((i) => seen.made[i].hash);
  seen.cosmos = [0, 2, 5].map((i) => seen.made[i].hash);
});

test('Ethereum\'s block lists its own transactions, in order, with dense indices', only, async () => {
  const [hashes, full] = [await rpc('eth_getBlockByNumber', seen.number, false), await rpc('eth_getBlockByNumber', seen.number, true)];
  assert.deepEqual(hashes.transactions, seen.evm);
  assert.deepEqual(full.transactions.map((t) => [t.hash, Number(t.transactionIndex)]), seen.evm.map((hash, i) => [hash, i]));
  assert.equal(await rpc('eth_getBlockTransactionCountByNumber', seen.number), '0x3');
  for (const [i, hash] of seen.evm.entries()) {
    assert.equal((await rpc('eth_getTransactionByBlockNumberAndIndex', seen.number, toQuantity(i))).hash, hash);
    assert.equal(Transaction.from(await rpc('eth_getRawTransactionByBlockHashAndIndex', hashes.hash, toQuantity(i))).hash, hash);
  }
  assert.equal(await rpc('eth_getTransactionByBlockNumberAndIndex', seen.number, '0x3'), null);
});

test('receipts and logs count the same way; gas counts all', only, async () => {
  const receipts = await rpc('eth_getBlockReceipts', seen.number);
  assert.deepEqual(receipts.map((r) => [r.transactionHash, Number(r.transactionIndex), Number(r.status)]), seen.evm.map((hash, i) => [hash, i, 1]));
  const shown = (l) => [l.transactionHash, Number(l.transactionIndex), Number(l.logIndex)];
  const expected = seen.evm.map((hash, i) => [hash, i, i]);
  assert.deepEqual(receipts.flatMap((r) => r.logs.map(shown)), expected);
  assert.deepEqual((await rpc('eth_getLogs', { fromBlock: seen.number, toBlock: seen.number })).map(shown), expected);
  const { gasUsed } = await rpc('eth_getBlockByNumber', seen.number, false);
  const own = receipts.reduce((sum, r) => sum + BigInt(r.gasUsed), 0n);
  const cosmosGas = BigInt(gasUsed) - own;
  assert.ok(cosmosGas > 3n * 55_000n && cosmosGas < 3n * 60_000n, `${cosmosGas} gas for three sends`);
  assert.ok(BigInt(receipts[0].cumulativeGasUsed) > BigInt(receipts[0].gasUsed), 'what came before the first counts');
  assert.ok(BigInt(receipts[2].cumulativeGasUsed) < BigInt(gasUsed), 'what came after the last does not');
});

test('traces and contract state see the Ethereum transactions alone', only, async () => {
  const traces = await rpc('debug_traceBlockByNumber', seen.number, { tracer: 'callTracer' });
  assert.deepEqual(traces.map((t) => t.txHash), seen.evm);
  const replayed = await rpc('debug_traceTransaction', seen.evm[2], { tracer: 'prestateTracer' });
  assert.ok(Object.keys(replayed).includes(weth.target.toLowerCase()));
  const contract = new Contract(weth.target, weth.interface, provider);
  assert.deepEqual(await Promise.all([2, 4, 5].map((n) => contract.balanceOf(users[n].evm))), [5n, 5n, 5n]);
});

test('a Cosmos hash names nothing to Ethereum clients', only, async () => {
  for (const hash of seen.cosmos) {
    const methods = ['eth_getTransactionByHash', 'eth_getTransactionReceipt', 'eth_getRawTransactionByHash', 'debug_getRawTransaction'];
    assert.deepEqual(await Promise.all(methods.map((m) => rpc(m, hash))), [null, null, null, null]);
    assert.match((await rpc.raw('debug_traceTransaction', [hash])).error.message, /not found/);
  }
  assert.deepEqual((await rpc('eth_getFilterChanges', seen.newPending)).sort(), [...seen.evm].sort());
});

test('sei_getCosmosTx gives the hash by which Tendermint knows an Ethereum transaction', only, async () => {
  for (const i of [1, 3, 4]) assert.equal(await rpc('sei_getCosmosTx', seen.made[i].hash), sha256(seen.made[i].hex).slice(2).toUpperCase());
  for (const hash of [...seen.cosmos, `0x${'ab'.repeat(32)}`]) assert.match((await rpc.raw('sei_getCosmosTx', [hash])).error.message, /transaction not found/);
});

test('a waiting Cosmos transaction counts in the pool and is not shown as Ethereum\'s', only, async () => {
  const user = users[7];
  await poolEmpty(rpc);
  const { hex, hash } = await signed(user, [send(user, users[0], 1n)], { sequence: 1 });
  await rpc('eth_sendRawTransaction', hex);
  assert.equal((await rpc('txpool_status')).queued, '0x1');
  assert.deepEqual(await rpc('txpool_contentFrom', user.evm), { pending: {}, queued: {} });
  assert.equal(await rpc('eth_getTransactionByHash', hash), null);
  await sendAndWait(rpc, user, [send(user, users[0], 1n)]);
});

test('a block of Cosmos transactions alone is empty to Ethereum clients, and used gas', only, async () => {
  const tx = await sendAndWait(rpc, users[1], [send(users[1], users[0], 1n)]);
  let number = Number(await rpc('eth_blockNumber'));
  while (!(await blockTxs(rpc, toQuantity(number))).includes(tx.hex)) number -= 1;
  const block = await rpc('eth_getBlockByNumber', toQuantity(number), true);
  assert.deepEqual([block.transactions, await rpc('eth_getBlockReceipts', block.number)], [[], []]);
  assert.ok(BigInt(block.gasUsed) > 55_000n);
});
