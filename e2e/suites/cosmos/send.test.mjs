// MsgSend made and signed by CosmJS, through the same door as Ethereum transactions.
// Proves: one key, one balance, one nonce in both worlds; linking and its sweep; whole fees; all or nothing.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseEther, parseUnits, sha256, toUtf8Bytes } from 'ethers';
import { runToEnd, startChain } from '../../lib/chain.mjs';
import { devUser, FEE, included, nonceOf, poolEmpty, SEI, send, sendAndWait, signed, stranger, WEI_PER_USEI, weiAt, weiOf } from '../../lib/cosmos.mjs';
import { mined, providerOf } from '../../lib/ethers.mjs';
import { castToEvm, seiOf } from '../../lib/seiaddr.mjs';
import { CHAIN_ID, MNEMONIC, seizaBinary, seizaOnly } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const { rpc } = chain;
const provider = providerOf(chain);
const only = seizaOnly('Cosmos transactions');
const users = await Promise.all(Array.from({ length: 10 }, (_, i) => devUser(i)));
const COLLECTOR = sha256(toUtf8Bytes('fee_collector')).slice(0, 42);
const fee = weiOf(FEE);
/** Balances now of accounts, in wei. */
const balances = (...accounts) => Promise.all(accounts.map((a) => weiAt(rpc, a.evm ?? a)));

test('CosmJS, ethers and the node derive the same accounts from the words', only, async () => {
  const { output } = await runToEnd(seizaBinary(), ['keys', 'derive', '--mnemonic', MNEMONIC, '--count', '10', '--json']);
  const derived = JSON.parse(output);
  for (const [i, user] of users.entries()) {
    assert.equal(user.sei, seiOf(user.wallet));
    assert.ok([user.sei, user.evm].every((a) => JSON.stringify(derived[i]).includes(a)), `account ${i}`);
  }
});

test('the first transaction links both addresses, pays its fee whole and moves usei', only, async () => {
  const [alice, to] = [users[0], await stranger()];
  assert.match((await rpc.raw('sei_getSeiAddress', [alice.evm])).error.message, /failed to find Sei address/);
  assert.match((await rpc.raw('sei_getEVMAddress', [alice.sei])).error.message, /failed to find EVM address/);
  const [before, collected] = await balances(alice, COLLECTOR);
  const tx = await sendAndWait(rpc, alice, [send(alice, to, 5n * SEI)]);
  assert.deepEqual(await balances(alice, castToEvm(to.sei), to, COLLECTOR), [before - 5n * parseEther('1') - fee, parseEther('5'), 0n, collected + fee]);
  assert.equal(await rpc('sei_getSeiAddress', alice.evm), alice.sei);
  assert.equal(await rpc('sei_getEVMAddress', alice.sei), alice.evm.toLowerCase());
  assert.equal(tx.bytes[0], 0x0a);
});

test('eth_sendRawTransaction answers with the SHA-256 of the bytes', only, async () => {
  const [bob, sequence] = [users[1], await nonceOf(rpc, users[1])];
  const tx = await signed(bob, [send(bob, users[0], 1n)], { sequence });
  assert.equal(await included(rpc, bob, tx, sequence), tx.hash);
});

test('what a stranger got before it ever signed is its own: the first transaction pays from it and sweeps the rest', only, async () => {
  const owner = await stranger();
  await sendAndWait(rpc, users[0], [send(users[0], owner, 3n * SEI)]);
  await mined(users[2].wallet.connect(provider).sendTransaction({ to: owner.evm, value: 7n }));
  assert.deepEqual(await balances(owner, castToEvm(owner.sei)), [7n, parseEther('3')]);
  await sendAndWait(rpc, owner, [send(owner, users[3], 1n * SEI)]);
  assert.deepEqual(await balances(owner, castToEvm(owner.sei)), [7n + parseEther('2') - fee, 0n]);
  await sendAndWait(rpc, users[0], [send(users[0], owner, 1n)]);
  assert.deepEqual(await balances(owner, castToEvm(owner.sei)), [7n + parseEther('2') - fee + WEI_PER_USEI, 0n]);
});

test('an Ethereum transaction links and sweeps as well', only, async () => {
  const owner = await stranger();
  await sendAndWait(rpc, users[0], [send(users[0], owner, 3n * SEI)]);
  const { fee: paid } = await mined(owner.wallet.connect(provider).sendTransaction({ to: users[3].evm, value: parseEther('1'), gasLimit: 21_000n }));
  assert.deepEqual(await balances(owner, castToEvm(owner.sei)), [parseEther('2') - paid, 0n]);
  assert.equal(await rpc('sei_getEVMAddress', owner.sei), owner.evm.toLowerCase());
});

test('sequence and nonce are one number, whichever kind comes next', only, async () => {
  const carol = users[4];
  const wallet = carol.wallet.connect(provider);
  const pay = (nonce) => mined(wallet.sendTransaction({ to: users[5].evm, value: 1n, nonce }));
  await pay(0);
  await sendAndWait(rpc, carol, [send(carol, users[5], 1n)], { sequence: 1 });
  await pay(2);
  await sendAndWait(rpc, carol, [send(carol, users[5], 1n)], { sequence: 3 });
  assert.equal(await nonceOf(rpc, carol), 4);
  assert.equal(Number(await rpc('eth_getTransactionCount', carol.evm, 'pending')), 4);
});

test('a later sequence waits for the one before, though that is of the other kind', only, async () => {
  const dave = users[6];
  await poolEmpty(rpc);
  const second = await signed(dave, [send(dave, users[5], 1n)], { sequence: 1 });
  await rpc('eth_sendRawTransaction', second.hex);
  assert.deepEqual(await rpc('txpool_status'), { pending: '0x0', queued: '0x1' });
  assert.equal(await nonceOf(rpc, dave), 0);
  const first = await dave.wallet.signTransaction({ type: 0, chainId: CHAIN_ID, nonce: 0, to: users[5].evm, value: 1n, gasLimit: 21_000n, gasPrice: parseUnits('2', 'gwei') });
  await included(rpc, dave, { hex: first }, 1);
  await poolEmpty(rpc);
});

test('a waiting transaction is replaced by one of the other kind that pays a tenth more', only, async () => {
  const [dave, gasPrice] = [users[6], parseUnits('10', 'gwei')];
  const next = await nonceOf(rpc, dave);
  await rpc('eth_sendRawTransaction', (await signed(dave, [send(dave, users[5], 1n)], { sequence: next + 1 })).hex);
  const evm = (price) => dave.wallet.signTransaction({ type: 0, chainId: CHAIN_ID, nonce: next + 1, to: users[5].evm, value: 9n, gasLimit: 21_000n, gasPrice: price });
  await assert.rejects(rpc('eth_sendRawTransaction', await evm(gasPrice * 109n / 100n)), /replacement transaction underpriced/);
  const before = await weiAt(rpc, users[5].evm);
  await rpc('eth_sendRawTransaction', await evm(gasPrice * 110n / 100n));
  await included(rpc, dave, await signed(dave, [send(dave, dave, 1n)], { sequence: next }), next + 1);
  assert.equal(await weiAt(rpc, users[5].evm) - before, 9n);
});

test('several messages are done, each of them', only, async () => {
  const [erin, one, two] = [users[7], await stranger(), await stranger()];
  const [before] = await balances(erin);
  await sendAndWait(rpc, erin, [send(erin, one, 2n * SEI), send(erin, two, 3n * SEI), send(erin, erin, 4n * SEI), send(erin, one, 1n)]);
  assert.deepEqual(await balances(erin, castToEvm(one.sei), castToEvm(two.sei)), [before - fee - parseEther('5') - WEI_PER_USEI, parseEther('2') + WEI_PER_USEI, parseEther('3')]);
});

test('64 messages fit', only, async () => {
  const [erin, to] = [users[7], await stranger()];
  const gas = 64n * 60_000n;
  await sendAndWait(rpc, erin, Array.from({ length: 64 }, () => send(erin, to, 1n)), { fee: { amount: [{ denom: 'usei', amount: `${gas / 100n}` }], gas: `${gas}` } });
  assert.equal(await weiAt(rpc, castToEvm(to.sei)), 64n * WEI_PER_USEI);
});

const failing = [
  ['a denom the sender has none of', (from, to) => [send(from, to, 1n, 'uatom')], {}],
  ['a failing message after a good one', (from, to) => [send(from, to, 2n * SEI), send(from, to, 1n, 'uatom')], {}],
  ['a failing message before a good one', (from, to) => [send(from, to, 1n, 'uatom'), send(from, to, 2n * SEI)], {}],
  ['a send of nothing', (from, to) => [{ ...send(from, to, 1n), value: { fromAddress: from.sei, toAddress: to.sei, amount: [] } }], {}],
  ['less gas than it takes', (from, to) => [send(from, to, 2n * SEI)], { fee: { ...FEE, gas: '50000' } }],
  ['gas for the first message only', (from, to) => [send(from, to, 1n), send(from, to, 1n), send(from, to, 1n)], { fee: { ...FEE, gas: '99000' } }],
];
for (const [name, messages, options] of failing) {
  test(`${name}: fee and nonce are taken, nothing else happens`, only, async () => {
    const [frank, to, sequence] = [users[8], await stranger(), await nonceOf(rpc, users[8])];
    const [before, collected] = await balances(frank, COLLECTOR);
    await sendAndWait(rpc, frank, messages(frank, to), options);
    assert.deepEqual(await balances(frank, castToEvm(to.sei), to, COLLECTOR), [before - fee, 0n, 0n, collected + fee]);
    assert.equal(await nonceOf(rpc, frank), sequence + 1);
  });
}

test('a failing first transaction links its sender all the same', only, async () => {
  const grace = users[9];
  await sendAndWait(rpc, grace, [send(grace, users[8], 1n, 'uatom')]);
  assert.equal(await rpc('sei_getSeiAddress', grace.evm), grace.sei);
});

test('all of it is there after a restart', only, async () => {
  const before = await Promise.all(users.map(async (u) => [await nonceOf(rpc, u), await weiAt(rpc, u.evm)]));
  assert.equal((await chain.kill()).signal, 'SIGKILL');
  const again = await startChain({ home: chain.home });
  after(() => again.stop());
  assert.deepEqual(await Promise.all(users.map(async (u) => [await nonceOf(again.rpc, u), await weiAt(again.rpc, u.evm)])), before);
  assert.equal(await again.rpc('sei_getEVMAddress', users[0].sei), users[0].evm.toLowerCase());
  await sendAndWait(again.rpc, users[0], [send(users[0], users[1], 1n)]);
});
