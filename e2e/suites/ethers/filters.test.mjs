// ethers 6: finding logs by range, address and topic, and by installed filters.
// Proves: eth_getLogs over any range, topic alternatives, filter changes once and only once, filter removal.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { id, toBeHex, zeroPadValue } from 'ethers';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { countingWallet, deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { eventually } from '../../lib/wait.mjs';

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const { rpc } = chain;
const signer = countingWallet(0, provider);
const [first, second] = [await deploy(own('Probe'), signer, 0), await deploy(own('Probe'), signer, 0)];
const [firstAt, secondAt] = [await first.getAddress(), await second.getAddress()];
const start = (await mined(first.storeMany(0, 5))).blockNumber;
await mined(second.storeMany(3, 4));
const end = (await mined(first.notes(2))).blockNumber;
const STORED = id('Stored(address,uint256,uint256)');
const NOTE = id('Note(uint256)');
const word = (n) => zeroPadValue(toBeHex(n, 1), 32);
const range = { fromBlock: toBeHex(start), toBlock: toBeHex(end) };

test('a range gives every log in order, from every contract', async () => {
  const logs = await rpc('eth_getLogs', range);
  assert.equal(logs.length, 5 + 4 + 2);
  const places = logs.map((l) => Number(l.blockNumber) * 1e6 + Number(l.logIndex));
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
});

test('address, topic, alternative and wildcard filters select exactly', async () => {
  const count = async (filter) => (await rpc('eth_getLogs', { ...range, ...filter })).length;
  assert.equal(await count({ address: firstAt }), 7);
  assert.equal(await count({ address: [firstAt, secondAt] }), 11);
  assert.equal(await count({ topics: [STORED] }), 9);
  assert.equal(await count({ topics: [[STORED, NOTE]] }), 11);
  assert.equal(await count({ topics: [STORED, null, word(4)] }), 2);
  assert.equal(await count({ topics: [null, null, [word(0), word(6)]] }), 2);
  assert.equal(await count({ topics: [STORED, word(1)] }), 0);
  assert.equal(await count({ topics: [] }), 11);
  assert.equal(await count({ address: devWallet(5).address }), 0);
});

test('a range from genesis and an open range answer too', async () => {
  const everything = await rpc('eth_getLogs', { fromBlock: 'earliest', toBlock: 'latest', topics: [STORED] });
  assert.equal(everything.length, 9);
  assert.equal((await rpc('eth_getLogs', { fromBlock: '0x0', topics: [NOTE] })).length, 2);
  assert.deepEqual(await rpc('eth_getLogs', { fromBlock: '0x0', toBlock: '0x0' }), []);
});

test('queryFilter decodes events with their values', async () => {
  const events = await first.queryFilter(first.filters.Stored(devWallet(0).address), start, end);
  assert.deepEqual(events.map((e) => e.args.value), [1n, 2n, 3n, 4n, 5n]);
});

test('a log filter reports each log once, and all of them on getFilterLogs', async () => {
  const filter = await rpc('eth_newFilter', { address: firstAt, fromBlock: 'latest' });
  await rpc('eth_getFilterChanges', filter);
  await mined(first.notes(3));
  const seen = [];
  await eventually('three logs', async () => { seen.push(...await rpc('eth_getFilterChanges', filter)); return seen.length >= 3; });
  assert.equal(seen.length, 3);
  assert.deepEqual(await rpc('eth_getFilterChanges', filter), []);
  const past = await rpc('eth_newFilter', { address: firstAt, fromBlock: toBeHex(start), toBlock: toBeHex(end) });
  assert.equal((await rpc('eth_getFilterLogs', past)).length, 7);
});

test('a block filter names every new block once', async () => {
  const filter = await rpc('eth_newBlockFilter');
  const before = await provider.getBlockNumber();
  await mined(first.store(1));
  const hashes = [];
  await eventually('a block', async () => { hashes.push(...await rpc('eth_getFilterChanges', filter)); return hashes.length > 1; });
  const numbers = await Promise.all(hashes.map(async (h) => (await provider.getBlock(h)).number));
  numbers.forEach((n, i) => assert.equal(n, numbers[0] + i));
  assert.ok(numbers[0] <= before + 1 && numbers[0] >= before);
});

test('a pending-transaction filter names a transaction that was sent', async () => {
  const filter = await rpc('eth_newPendingTransactionFilter');
  const sent = await first.store(2);
  const seen = [];
  await eventually('its hash', async () => { seen.push(...await rpc('eth_getFilterChanges', filter)); return seen.includes(sent.hash); });
  await sent.wait();
});

test('a removed or unknown filter is gone', async () => {
  const filter = await rpc('eth_newBlockFilter');
  assert.equal(await rpc('eth_uninstallFilter', filter), true);
  assert.equal(await rpc('eth_uninstallFilter', filter), false);
  assert.ok((await rpc.raw('eth_getFilterChanges', [filter])).error);
});

test('contract.on follows events as they happen', async () => {
  const values = [];
  await first.on('Note', (value) => values.push(value));
  await new Promise((r) => setTimeout(r, 300));
  await mined(first.notes(2));
  await eventually('two events', () => values.length >= 2);
  await first.removeAllListeners();
  assert.deepEqual(values, [0n, 1n]);
  // ethers uninstalls its filter without telling anybody when it is done; the chain must not stop before.
  await new Promise((r) => setTimeout(r, 1_000));
});
