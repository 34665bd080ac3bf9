// ethers 6 (raw calls): the debugger's view of mined transactions, whole blocks and calls that were never sent.
// Proves: callTracer, prestateTracer (both modes), flatCallTracer, 4byteTracer and struct logs agree with receipts.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { toBeHex, zeroPadValue } from 'ethers';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { countingWallet, deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { seizaOnly } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const { rpc } = chain;
const signer = countingWallet(0, provider);
const [outer, inner] = [await deploy(own('Probe'), signer, 1), await deploy(own('Probe'), signer, 2)];
const [outerAt, innerAt] = (await Promise.all([outer.getAddress(), inner.getAddress()])).map((a) => a.toLowerCase());
const alice = devWallet(0).address.toLowerCase();
const data = (name, ...args) => inner.interface.encodeFunctionData(name, args);
const nested = await mined(outer.callInto(innerAt, data('store', 7), { value: 3n }));
const failed = await mined(outer.callInto(innerAt, data('sayNo', 'inside')));
const trace = (hash, tracer, tracerConfig) => rpc('debug_traceTransaction', hash, { tracer, tracerConfig });

test('callTracer shows the tree of calls with values, input, output and gas', async () => {
  const top = await trace(nested.hash, 'callTracer');
  assert.deepEqual([top.type, top.from, top.to, BigInt(top.value)], ['CALL', alice, outerAt, 3n]);
  assert.equal(BigInt(top.gasUsed), nested.gasUsed);
  assert.equal(top.calls.length, 1);
  const [sub] = top.calls;
  assert.deepEqual([sub.type, sub.from, sub.to, sub.input, BigInt(sub.value)], ['CALL', outerAt, innerAt, data('store', 7), 3n]);
  assert.equal(top.logs, undefined);
});

test('callTracer options: only the top call, and logs where they were made', async () => {
  assert.equal((await trace(nested.hash, 'callTracer', { onlyTopCall: true })).calls, undefined);
  const withLog = await trace(nested.hash, 'callTracer', { withLog: true });
  assert.equal(withLog.calls[0].logs.length, 1);
  assert.equal(withLog.calls[0].logs[0].address, innerAt);
});

test('a revert inside shows its error and reason on its own frame', async () => {
  const top = await trace(failed.hash, 'callTracer');
  assert.equal(top.error, undefined);
  const [sub] = top.calls;
  assert.equal(sub.error, 'execution reverted');
  assert.equal(sub.revertReason, 'inside');
  assert.equal(sub.output.slice(0, 10), '0x08c379a0');
});

test('callTracer shows a creation', async () => {
  const receipt = await mined(outer.makeChild());
  const [sub] = (await trace(receipt.hash, 'callTracer')).calls;
  assert.equal(sub.type, 'CREATE');
  assert.equal(BigInt(receipt.logs[0].data), BigInt(sub.to));
});

test('prestateTracer gives what was before, and in diff mode what changed', async () => {
  const before = await trace(nested.hash, 'prestateTracer');
  assert.equal(Number(before[alice].nonce ?? 0), 2);
  assert.equal(BigInt(before[innerAt].storage[zeroPadValue('0x00', 32)]), 2n);
  assert.ok(before[outerAt].code.length > 100);
  const { pre, post } = await trace(nested.hash, 'prestateTracer', { diffMode: true });
  assert.equal(BigInt(pre[innerAt].storage[zeroPadValue('0x00', 32)]), 2n);
  assert.equal(BigInt(post[innerAt].storage[zeroPadValue('0x00', 32)]), 7n);
  assert.equal(BigInt(post[innerAt].balance) - BigInt(pre[innerAt].balance ?? 0), 3n);
  assert.equal(Number(post[alice].nonce), 3);
  assert.ok(BigInt(pre[alice].balance) > BigInt(post[alice].balance));
});

test('flatCallTracer lists calls with their places in the tree', seizaOnly('anvil answers in another shape'), async () => {
  const flat = await trace(nested.hash, 'flatCallTracer');
  assert.deepEqual(flat.map((f) => f.traceAddress), [[], [0]]);
  assert.deepEqual(flat.map((f) => f.subtraces), [1, 0]);
  assert.deepEqual(flat.map((f) => [f.type, f.action.callType]), [['call', 'call'], ['call', 'call']]);
  assert.deepEqual([flat[1].action.from, flat[1].action.to, BigInt(flat[1].action.value)], [outerAt, innerAt, 3n]);
  assert.ok(BigInt(flat[1].result.gasUsed) > 0n);
  for (const f of flat) assert.deepEqual([f.transactionHash, f.blockHash], [nested.hash, nested.blockHash]);
});

test('4byteTracer counts the selectors called with data', async () => {
  const counts = await trace(nested.hash, '4byteTracer');
  assert.equal(counts[`${data('store', 7).slice(0, 10)}-32`], 1);
});

test('struct logs walk every opcode, and end with the receipt', async () => {
  const { gas, failed: broke, structLogs } = await rpc('debug_traceTransaction', nested.hash, {});
  assert.equal(BigInt(gas), nested.gasUsed);
  assert.equal(broke, false);
  assert.deepEqual([structLogs[0].pc, structLogs[0].depth], [0, 1]);
  const stores = structLogs.filter((s) => s.op === 'SSTORE');
  assert.deepEqual(stores.map((s) => [s.depth, s.gasCost > 0]), [[2, true]]);
  assert.ok(Array.isArray(structLogs[2].stack));
  const lean = await rpc('debug_traceTransaction', nested.hash, { disableStack: true, disableStorage: true });
  assert.ok(lean.structLogs.every((s) => !s.stack?.length));
});

test('traceBlockByNumber and traceBlockByHash trace each transaction of the block', async () => {
  const options = { tracer: 'callTracer' };
  const byNumber = await rpc('debug_traceBlockByNumber', toBeHex(nested.blockNumber), options);
  assert.deepEqual(byNumber, await rpc('debug_traceBlockByHash', nested.blockHash, options));
  assert.deepEqual(byNumber.map((t) => t.txHash), [nested.hash]);
  assert.deepEqual(byNumber[0].result, await trace(nested.hash, 'callTracer'));
});

test('traceCall traces a call that was never sent, with overrides', async () => {
  const call = { from: alice, to: outerAt, data: outer.interface.encodeFunctionData('callInto', [innerAt, data('store', 9)]) };
  const top = await rpc('debug_traceCall', call, 'latest', { tracer: 'callTracer' });
  assert.equal(top.calls[0].to, innerAt);
  const stateOverrides = { [innerAt]: { code: '0x60006000fd' } };
  const overridden = await rpc('debug_traceCall', call, 'latest', { tracer: 'callTracer', stateOverrides });
  assert.equal(overridden.calls[0].error, 'execution reverted');
  const plain = await rpc('debug_traceCall', { from: alice, to: innerAt, data: data('value') }, 'latest', {});
  assert.equal(BigInt(plain.returnValue.startsWith('0x') ? plain.returnValue : `0x${plain.returnValue}`), 7n);
});

test('a transaction that does not exist and a tracer nobody knows are errors', seizaOnly('anvil falls back to struct logs'), async () => {
  assert.ok((await rpc.raw('debug_traceTransaction', [`0x${'ab'.repeat(32)}`, { tracer: 'callTracer' }])).error);
  assert.ok((await rpc.raw('debug_traceTransaction', [nested.hash, { tracer: 'noSuchTracer' }])).error);
});

test('a transaction late in its block is traced on the state its predecessors left', seizaOnly('anvil mines each by itself'), async () => {
  const wallet = devWallet(3, provider);
  const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n, gasLimit: 100_000n, type: 2 };
  const { chainId } = await provider.getNetwork();
  const raw = await Promise.all([...Array(8).keys()].map((nonce) =>
    wallet.signTransaction({ ...fees, chainId, nonce, to: innerAt, data: data('store', 1000 + nonce) })));
  const sent = await Promise.all(raw.map((r) => provider.broadcastTransaction(r)));
  for (const [i, tx] of sent.entries()) {
    await tx.wait();
    const before = await trace(tx.hash, 'prestateTracer');
    assert.equal(BigInt(before[innerAt].storage[zeroPadValue('0x00', 32)]), i === 0 ? 7n : 999n + BigInt(i));
  }
});
