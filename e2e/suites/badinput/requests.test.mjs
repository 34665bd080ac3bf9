// Requests that no honest client sends: broken, huge, endless, many. The node answers or hangs up, and goes on.
// Proves: bounds on batches, bodies, answers, gas and time of calls; clear errors; the next request is served.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import WebSocket from 'ws';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { countingWallet, deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID, seizaOnly } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const { rpc } = chain;
const ask = (id, method, ...params) => ({ jsonrpc: '2.0', id, method, params });
const alive = async () => assert.equal(Number(await rpc('eth_chainId')), CHAIN_ID);
const bounds = seizaOnly('anvil has other bounds');

test('a batch of a thousand is answered, a larger one refused as a whole', bounds, async () => {
  const batch = (n) => [...Array(n).keys()].map((id) => ask(id, 'eth_chainId'));
  assert.equal((await rpc.send(batch(1000))).body.length, 1000);
  const { body } = await rpc.send(batch(20_000));
  const error = Array.isArray(body) ? body[0].error : body.error;
  assert.ok(error.code < 0);
  assert.match(error.message, /batch/i);
  await alive();
});

test('a giant body is refused without being read to its end', bounds, async () => {
  const giant = `{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":["${'a'.repeat(40_000_000)}"]}`;
  const refused = await fetch(chain.http, { method: 'POST', headers: { 'content-type': 'application/json' }, body: giant }).catch((e) => e);
  assert.ok(refused instanceof Error || refused.status === 413 || (await refused.json()).error, 'refused somehow');
  await alive();
});

test('deeply nested JSON is an error, not a crash', async () => {
  for (const body of ['['.repeat(200_000), `{"a":`.repeat(100_000), `${'['.repeat(5_000)}${']'.repeat(5_000)}`]) {
    await fetch(chain.http, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(() => {});
    await alive();
  }
});

test('bytes that are no JSON or no UTF-8 are a parse error', bounds, async () => {
  for (const body of ['', 'hello', '{"jsonrpc":"2.0",', new Uint8Array([0xff, 0xfe, 0x7b])]) {
    const response = await fetch(chain.http, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const answer = JSON.parse((await response.text()) || 'null');
    assert.ok(answer === null ? response.status >= 400 : [-32700, -32600].includes(answer.error.code), JSON.stringify(answer));
  }
  await alive();
});

test('bytes that are no HTTP end the connection and nothing else', async () => {
  await new Promise((done) => {
    const socket = connect(chain.ports[0], '127.0.0.1', () => socket.end('\x00\x01\x02 not http at all\r\n\r\n'));
    socket.on('close', done).on('error', done).resume();
    setTimeout(() => { socket.destroy(); done(); }, 2_000);
  });
  await alive();
});

test('an endless loop ends by gas or time, with an error', async () => {
  const loop = { to: devWallet(5).address, data: '0x' };
  const started = Date.now();
  const { error } = await rpc.raw('eth_call', [loop, 'latest', { [devWallet(5).address]: { code: '0x5b600056' } }]);
  assert.match(error.message, /out of gas|timeout|gas/i);
  assert.ok(Date.now() - started < 15_000);
  await alive();
});

test('a call with more gas than is served does not get more than that', bounds, async () => {
  const probe = await deploy(own('Probe'), countingWallet(0, providerOf(chain)), 0);
  const { error } = await rpc.raw('eth_call', [{ to: await probe.getAddress(), data: probe.interface.encodeFunctionData('burnAll'), gas: '0xffffffffffffffff' }, 'latest']);
  assert.ok(error.code <= 3 && error.message.length > 0);
});

test('too many logs in one answer: the error names a range that works', bounds, async () => {
  const signer = countingWallet(2, providerOf(chain));
  const probe = await deploy(own('Probe'), signer, 0);
  let first, last;
  for (let i = 0; i < 6; i++) {
    const { blockNumber } = await mined(probe.notes(2_000, { gasLimit: 20_000_000n }));
    [first, last] = [first ?? blockNumber, blockNumber];
  }
  const hex = (n) => `0x${n.toString(16)}`;
  const { error } = await rpc.raw('eth_getLogs', [{ fromBlock: hex(first), toBlock: hex(last) }]);
  assert.equal(error.code, -32005);
  const [from, to] = error.message.match(/0x[0-9a-f]+/g).slice(-2);
  assert.ok((await rpc('eth_getLogs', { fromBlock: from, toBlock: to })).length > 0);
});

test('an upside-down range and a range in the future are clear', bounds, async () => {
  assert.match((await rpc.raw('eth_getLogs', [{ fromBlock: '0x2', toBlock: '0x1' }])).error.message, /invalid block range/i);
  const both = await rpc.raw('eth_getLogs', [{ blockHash: `0x${'ab'.repeat(32)}`, fromBlock: '0x1' }]);
  assert.equal(both.error.code, -32602);
  assert.ok((await rpc.raw('eth_getLogs', [{ blockHash: `0x${'ab'.repeat(32)}` }])).error);
});

test('a socket that sends rubbish or far too much hurts only itself', async () => {
  for (const message of ['rubbish', '{', Buffer.alloc(20 << 20, 'a')]) {
    const socket = new WebSocket(chain.ws);
    await new Promise((done) => socket.once('open', done));
    socket.on('error', () => {});
    const over = new Promise((done) => { socket.once('message', done); socket.once('close', done); setTimeout(done, 5_000); });
    socket.send(message);
    await over;
    socket.terminate();
  }
  await alive();
});

test('the GET of a curious browser is answered without harm', async () => {
  const response = await fetch(chain.http).catch(() => null);
  assert.ok(response === null || response.status < 500);
  await alive();
});
