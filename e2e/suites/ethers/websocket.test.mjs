// ethers 6 over WebSocket: the same API, and subscriptions.
// Proves: newHeads one by one, logs with filters, newPendingTransactions, unsubscribe, several at once on one socket.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { id, WebSocketProvider } from 'ethers';
import WebSocket from 'ws';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { countingWallet, deploy, mined, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID } from '../../lib/target.mjs';
import { eventually } from '../../lib/wait.mjs';

const chain = await startChain();
const provider = new WebSocketProvider(chain.ws, CHAIN_ID, { staticNetwork: true });
after(async () => { await provider.destroy(); await chain.stop(); });
const signer = countingWallet(0, providerOf(chain));
const probe = await deploy(own('Probe'), signer, 0);
const at = await probe.getAddress();

/** A socket with one request at a time; subscription messages go to `seen[subscription]`. */
async function openSocket() {
  const socket = new WebSocket(chain.ws);
  const [seen, waiting] = [{}, new Map()];
  socket.on('message', (text) => {
    const message = JSON.parse(text);
    if (message.method === 'eth_subscription') (seen[message.params.subscription] ??= []).push(message.params.result);
    else waiting.get(message.id)?.(message);
  });
  await new Promise((done, fail) => socket.once('open', done).once('error', fail));
  let next = 1;
  const ask = (method, ...params) => new Promise((done) => {
    waiting.set(next, done);
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: next++, method, params }));
  });
  return { ask, seen, close: () => socket.close() };
}

test('ordinary calls work over the socket', async () => {
  assert.equal(await provider.send('eth_chainId', []), `0x${CHAIN_ID.toString(16)}`);
  assert.ok(await provider.getBlockNumber() >= 1);
  const answers = await Promise.all([...Array(50).keys()].map((i) => provider.send('eth_getBalance', [`0x${String(i).padStart(40, '0')}`, 'latest'])));
  assert.ok(answers.slice(20).every((a) => a === '0x0'));
});

test('provider.on("block") sees heads in order', async () => {
  const heads = [];
  await provider.on('block', (n) => heads.push(n));
  await eventually('three heads', () => heads.length >= 3);
  await provider.removeAllListeners('block');
  heads.forEach((n, i) => assert.equal(n, heads[0] + i));
});

test('newHeads carries whole headers', async () => {
  const { ask, seen, close } = await openSocket();
  const { result } = await ask('eth_subscribe', 'newHeads');
  const heads = await eventually('two headers', () => seen[result]?.length >= 2 && seen[result]);
  assert.equal(heads[1].parentHash, heads[0].hash);
  for (const field of ['number', 'hash', 'timestamp', 'gasLimit', 'gasUsed', 'baseFeePerGas', 'logsBloom', 'miner', 'stateRoot']) {
    assert.match(heads[0][field], /^0x/, field);
  }
  const block = await chain.rpc('eth_getBlockByHash', heads[0].hash, false);
  assert.equal(block.number, heads[0].number);
  close();
});

test('logs arrive by filter, once each, and only those asked for', async () => {
  const { ask, seen, close } = await openSocket();
  const notes = (await ask('eth_subscribe', 'logs', { address: at, topics: [id('Note(uint256)')] })).result;
  const all = (await ask('eth_subscribe', 'logs', { address: at })).result;
  await mined(probe.notes(2));
  const last = await mined(probe.store(5));
  await eventually('three logs', () => seen[all]?.length >= 3);
  assert.equal(seen[notes].length, 2);
  assert.equal(seen[all].length, 3);
  assert.equal(seen[all][2].transactionHash, last.hash);
  assert.equal(seen[all][2].removed, false);
  close();
});

test('newPendingTransactions names what enters the pool', async () => {
  const { ask, seen, close } = await openSocket();
  const { result } = await ask('eth_subscribe', 'newPendingTransactions');
  const sent = await probe.store(6);
  await eventually('the hash', () => seen[result]?.includes(sent.hash));
  await sent.wait();
  close();
});

test('unsubscribe ends the stream; unknown subscriptions are errors', async () => {
  const { ask, seen, close } = await openSocket();
  const { result } = await ask('eth_subscribe', 'newHeads');
  await eventually('one header', () => seen[result]?.length);
  assert.equal((await ask('eth_unsubscribe', result)).result, true);
  const count = seen[result].length;
  await mined(probe.store(7));
  await new Promise((r) => setTimeout(r, 1_500));
  assert.ok(seen[result].length <= count + 1, 'at most one was already on its way');
  assert.ok((await ask('eth_subscribe', 'noSuchThing')).error);
  close();
});

test('contract events over the socket', async () => {
  const live = probe.connect(provider);
  const values = [];
  await live.on('Note', (value) => values.push(value));
  await new Promise((r) => setTimeout(r, 300));
  await mined(probe.notes(3));
  await eventually('three events', () => values.length >= 3);
  await live.removeAllListeners();
  assert.deepEqual(values, [0n, 1n, 2n]);
});

test('a client that goes away in the middle harms nobody', async () => {
  const gone = await Promise.all([...Array(20)].map(openSocket));
  await Promise.all(gone.map(({ ask }) => ask('eth_subscribe', 'newHeads')));
  gone.forEach(({ close }) => close());
  await mined(probe.store(8));
  assert.equal(await probe.value(), 8n);
});
