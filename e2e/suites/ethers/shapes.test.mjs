// Small answers that big faults hide in: empty lists, null, quantities, raw bytes, compression, what is not here yet.
// Proves: [] is never null and null never an error, quantities have no leading zeros, gzip changes nothing but size.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { countingWallet, deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID, onAnvil, seizaOnly } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const { rpc } = chain;
const signer = countingWallet(0, provider);
const probe = await deploy(own('Probe'), signer, 0);
const receipt = await mined(probe.notes(200, { gasLimit: 3_000_000n }));
const tag = `0x${receipt.blockNumber.toString(16)}`;
const QUANTITY = /^0x(0|[1-9a-f][0-9a-f]*)$/;

test('quantities have no leading zeros, data has whole bytes', async () => {
  const block = await rpc('eth_getBlockByNumber', tag, true);
  for (const f of ['number', 'gasLimit', 'gasUsed', 'timestamp', 'baseFeePerGas', 'size', 'difficulty']) assert.match(block[f], QUANTITY, f);
  for (const f of ['hash', 'parentHash', 'stateRoot', 'transactionsRoot', 'receiptsRoot', 'mixHash']) assert.match(block[f], /^0x[0-9a-f]{64}$/, f);
  assert.match(block.miner, /^0x[0-9a-f]{40}$/);
  assert.match(block.nonce, /^0x[0-9a-f]{16}$/);
  assert.match(block.logsBloom, /^0x[0-9a-f]{512}$/);
  const [tx] = block.transactions;
  for (const f of ['nonce', 'gas', 'gasPrice', 'maxFeePerGas', 'maxPriorityFeePerGas', 'value', 'transactionIndex', 'v', 'type', 'chainId']) assert.match(tx[f], QUANTITY, f);
  const raw = await rpc('eth_getTransactionReceipt', receipt.hash);
  for (const f of ['status', 'gasUsed', 'cumulativeGasUsed', 'effectiveGasPrice', 'blockNumber', 'transactionIndex', 'type']) assert.match(raw[f], QUANTITY, f);
  assert.equal(raw.contractAddress, null);
  assert.match(raw.logsBloom, /^0x[0-9a-f]{512}$/);
  for (const answer of [await rpc('eth_getBalance', devWallet(0).address, 'latest'), await rpc('eth_gasPrice'), await rpc('eth_blockNumber')]) assert.match(answer, QUANTITY);
  assert.match(await rpc('eth_getStorageAt', probe.target, '0x0', 'latest'), /^0x[0-9a-f]{64}$/);
});

test('the bloom of receipt and block holds what the logs hold', async () => {
  const { Interface, keccak256, getBytes } = await import('ethers');
  const [block, raw] = [await rpc('eth_getBlockByNumber', tag, false), await rpc('eth_getTransactionReceipt', receipt.hash)];
  const holds = (bloom, item) => {
    const [bits, hash] = [getBytes(bloom), getBytes(keccak256(item))];
    return [0, 2, 4].every((i) => { const bit = ((hash[i] << 8) | hash[i + 1]) & 2047; return bits[255 - (bit >> 3)] & (1 << (bit & 7)); });
  };
  const topic = new Interface(own('Probe').abi).getEvent('Note').topicHash;
  for (const bloom of [block.logsBloom, raw.logsBloom]) assert.ok(holds(bloom, probe.target) && holds(bloom, topic));
  assert.ok(!holds(raw.logsBloom, devWallet(3).address));
});

test('nothing there is [] for lists and null for things', async () => {
  assert.deepEqual(await rpc('eth_getBlockReceipts', '0x0'), []);
  assert.equal(await rpc('eth_getBlockReceipts', '0xfffffff'), null);
  assert.deepEqual((await rpc('eth_getBlockByNumber', '0x0', true)).transactions, []);
  assert.deepEqual(await rpc('eth_getLogs', { fromBlock: '0x0', address: devWallet(9).address }), []);
  assert.equal(await rpc('eth_getCode', devWallet(9).address, 'latest'), '0x');
  assert.equal(BigInt(await rpc('eth_getStorageAt', devWallet(9).address, '0x5', 'latest')), 0n);
  assert.equal(await rpc('eth_call', { to: devWallet(9).address }, 'latest'), '0x');
});

test('a waiting transaction is shown without a block', async () => {
  const wallet = devWallet(4, provider);
  const { hash } = await wallet.sendTransaction({ to: wallet.address, nonce: 9, gasLimit: 21_000n });
  const tx = await rpc('eth_getTransactionByHash', hash);
  assert.deepEqual([tx.blockHash, tx.blockNumber, tx.transactionIndex], [null, null, null]);
  assert.equal(await rpc('eth_getTransactionReceipt', hash), null);
});

test('raw transactions come back byte for byte', async () => {
  const raw = await devWallet(5).signTransaction({ type: 2, chainId: CHAIN_ID, nonce: 0, to: probe.target, gasLimit: 50_000n, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 1n, data: '0x' });
  const sent = await mined(provider.broadcastTransaction(raw));
  assert.equal(await rpc('eth_getRawTransactionByHash', sent.hash), raw);
  if (!onAnvil) assert.equal(await rpc('debug_getRawTransaction', sent.hash), raw);
});

test('the proposer and the blob fee have an answer', seizaOnly('another chain'), async () => {
  assert.match(await rpc('eth_coinbase'), /^0x[0-9a-f]{40}$/);
  assert.match(await rpc('eth_blobBaseFee'), QUANTITY);
  assert.equal((await rpc('debug_getRawReceipts', tag)).length, 1);
});

/** One request over plain HTTP, with the bytes as they came. */
function plainly(body, headers) {
  return new Promise((done, fail) => {
    const sent = request(chain.http, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } }, (answer) => {
      const parts = [];
      answer.on('data', (d) => parts.push(d)).on('end', () => done({ encoding: answer.headers['content-encoding'], bytes: Buffer.concat(parts) }));
    });
    sent.once('error', fail).end(JSON.stringify(body));
  });
}

test('a large answer is the same with and without gzip', async () => {
  const ask = { jsonrpc: '2.0', id: 1, method: 'eth_getBlockReceipts', params: [tag] };
  const plain = await plainly(ask, {});
  const packed = await plainly(ask, { 'accept-encoding': 'gzip' });
  assert.equal(plain.encoding, undefined);
  const text = packed.encoding === 'gzip' ? gunzipSync(packed.bytes) : packed.bytes;
  assert.deepEqual(JSON.parse(text), JSON.parse(plain.bytes));
  assert.equal(JSON.parse(plain.bytes).result[0].logs.length, 200);
  if (!onAnvil) assert.ok(packed.encoding === 'gzip' && packed.bytes.length < plain.bytes.length / 3);
});
