// ethers 6: asking without changing: eth_call, its overrides, estimates, access lists, simulation, the past.
// Proves: revert data reaches the client decoded; overrides act and leave nothing behind; past heights answer.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseEther, toBeHex, Wallet, zeroPadValue } from 'ethers';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { countingWallet, deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID, onAnvil, seizaOnly } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const { rpc } = chain;
const signer = countingWallet(0, provider);
const probe = await deploy(own('Probe'), signer, 1);
const to = await probe.getAddress();
const call = (name, ...args) => ({ to, data: probe.interface.encodeFunctionData(name, args) });
const decode = (name, data) => probe.interface.decodeFunctionResult(name, data);
const word = (n) => zeroPadValue(toBeHex(n), 32);

test('revert reasons, custom errors and panics reach the caller decoded', async () => {
  await assert.rejects(probe.sayNo('not today'), (e) => e.reason === 'not today');
  await assert.rejects(probe.wantMore(9n), (e) => e.revert.name === 'TooPoor' && e.revert.args.wants === 9n);
  await assert.rejects(probe.divide(1, 0), (e) => /DIVIDE_BY_ZERO|divi/i.test(e.reason ?? e.message));
  const { error } = await rpc.raw('eth_call', [call('wantMore', 9n), 'latest']);
  assert.equal(error.code, 3, 'geth: revert is code 3');
  assert.match(error.message, /^execution reverted/);
  assert.equal(error.data.slice(0, 10), probe.interface.getError('TooPoor').selector);
  assert.match((await rpc.raw('eth_call', [call('sayNo', 'not today'), 'latest'])).error.message, /execution reverted: not today/);
});

test('estimateGas is enough, not wasteful, and reverts with the reason', async () => {
  for (const [name, ...args] of [['storeMany', 0, 3], ['makeChild'], ['notes', 4]]) {
    const gasLimit = await probe[name].estimateGas(...args);
    const { gasUsed, status } = await mined(probe[name](...args, { gasLimit }));
    assert.equal(status, 1);
    assert.ok(gasLimit < gasUsed * 3n / 2n, `${name}: estimate ${gasLimit}, used ${gasUsed}`);
  }
  assert.equal(BigInt(await rpc('eth_estimateGas', { from: devWallet(0).address, to: Wallet.createRandom().address, value: '0x1' })), 21_000n);
  await assert.rejects(probe.sayNo.estimateGas('no gas'), (e) => e.reason === 'no gas');
});

test('an estimate with more value than the sender has is refused', seizaOnly('anvil estimates it all the same'), async () => {
  const poor = { from: Wallet.createRandom().address, to: devWallet(1).address, value: '0x1' };
  assert.match((await rpc.raw('eth_estimateGas', [poor])).error.message, /insufficient funds/i);
});

test('state overrides set balance, code, nonce and storage for one call only', async () => {
  const ghost = Wallet.createRandom().address;
  const code = await provider.getCode(to);
  const seen = decode('whoami', await rpc('eth_call', { ...call('whoami'), from: ghost }, 'latest', { [ghost]: { balance: toBeHex(77) } }));
  assert.deepEqual([seen.sender, seen.balance], [ghost, 77n]);
  const asCode = await rpc('eth_call', { ...call('value'), to: ghost }, 'latest', { [ghost]: { code, state: { [word(0)]: word(42) } } });
  assert.equal(BigInt(asCode), 42n);
  const diff = await rpc('eth_call', call('value'), 'latest', { [to]: { stateDiff: { [word(0)]: word(43) } } });
  assert.equal(BigInt(diff), 43n);
  assert.equal(await provider.getCode(ghost), '0x');
  assert.equal(await probe.value(), 1n);
});

test('block overrides change what the contract sees of its block', async () => {
  const overrides = { number: toBeHex(1_000_000), time: toBeHex(4_000_000_000), baseFeePerGas: toBeHex(5), gasLimit: toBeHex(60_000_000) };
  const facts = decode('facts', await rpc('eth_call', { ...call('facts'), from: await signer.getAddress(), gasPrice: toBeHex(5) }, 'latest', {}, overrides));
  assert.deepEqual([facts.number, facts.time, facts.chain, facts.limit], [1_000_000n, 4_000_000_000n, BigInt(CHAIN_ID), 60_000_000n]);
});

test('a call sees the block it is asked about', async () => {
  const head = await provider.getBlock('latest');
  const facts = decode('facts', await rpc('eth_call', call('facts'), { blockHash: head.hash }));
  assert.deepEqual([facts.number, facts.time, facts.limit], [BigInt(head.number), BigInt(head.timestamp), head.gasLimit]);
});

test('past heights answer with the past: balance, nonce, code, storage, call', async () => {
  const target = Wallet.createRandom().address;
  const one = (await mined(probe.store(100))).blockNumber;
  await mined(signer.sendTransaction({ to: target, value: 5n }));
  const later = await deploy(own('Probe'), signer, 3);
  await mined(probe.store(200));
  const tag = toBeHex(one);
  assert.equal(await probe.value({ blockTag: one }), 100n);
  assert.equal(await probe.value(), 200n);
  assert.equal(BigInt(await rpc('eth_getStorageAt', to, '0x0', tag)), 100n);
  assert.equal(await provider.getBalance(target, one), 0n);
  assert.equal(await provider.getBalance(target), 5n);
  assert.equal(await provider.getCode(await later.getAddress(), one), '0x');
  const nonce = await provider.getTransactionCount(devWallet(0).address, one);
  assert.equal(await provider.getTransactionCount(devWallet(0).address), nonce + 3);
  assert.equal(await provider.getBalance(devWallet(9).address, 0), parseEther('10000'));
  assert.ok((await rpc.raw('eth_getBalance', [target, '0xffffffff'])).error, 'a height that is not there is an error');
});

test('createAccessList finds the slots, and the list changes nothing but gas', async () => {
  const { accessList, gasUsed } = await rpc('eth_createAccessList', { ...call('storeMany', 50, 2), from: devWallet(1).address });
  const entry = accessList.find((a) => a.address.toLowerCase() === to.toLowerCase());
  assert.equal(entry.storageKeys.length, 2);
  assert.ok(BigInt(gasUsed) > 21_000n);
  const sent = await mined(devWallet(1, provider).sendTransaction({ ...call('storeMany', 50, 2), accessList, type: 1 }));
  assert.equal(sent.status, 1);
});

test('simulateV1 runs blocks on blocks, with transfers traced and nothing kept', async () => {
  const [rich, ghost] = [devWallet(1).address, Wallet.createRandom().address];
  const blocks = await rpc('eth_simulateV1', {
    blockStateCalls: [
      { stateOverrides: { [ghost]: { balance: toBeHex(parseEther('1')) } }, calls: [{ ...call('store', 500), from: ghost, value: '0x1' }] },
      { blockOverrides: { time: toBeHex(4_000_000_000) }, calls: [{ ...call('value'), from: rich }, { ...call('sayNo', 'sim'), from: rich }] },
    ], traceTransfers: true, validation: false }, 'latest');
  assert.equal(blocks.length, 2);
  const [stored] = blocks[0].calls;
  assert.equal(stored.status, '0x1');
  assert.ok(stored.logs.length >= 2, 'the transfer is a log too');
  assert.equal(Number(blocks[1].number), Number(blocks[0].number) + 1);
  assert.equal(Number(blocks[1].timestamp), 4_000_000_000);
  const [read, refused] = blocks[1].calls;
  assert.equal(BigInt(read.returnData), 500n);
  assert.equal(refused.status, '0x0');
  assert.match(refused.error.message, onAnvil ? /failed/ : /execution reverted/);
  assert.notEqual(await probe.value(), 500n);
});

test('eth_getProof gives proofs in the shape of EIP-1186', async () => {
  const { result } = await rpc.raw('eth_getProof', [to, ['0x0'], 'latest']);
  assert.ok(result.accountProof.length > 0);
  assert.equal(result.address.toLowerCase(), to.toLowerCase());
  assert.equal(result.balance, await rpc('eth_getBalance', to, 'latest'));
  assert.equal(BigInt(result.storageProof[0].value), BigInt(await rpc('eth_getStorageAt', to, '0x0', 'latest')));
  assert.ok(result.storageProof[0].proof.length > 0);
});
