// The bank precompile (0x1001) and the json precompile (0x1003) by the ABIs that @sei-js/precompiles ships.
// Proves: balances in usei are the EVM's in wei, sendNative pays a sei1 address, and a revert undoes native effects too.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { Contract, parseEther, toUtf8Bytes, toUtf8String, Wallet } from 'ethers';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { countingWallet, deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { castToEvm, seiOf } from '../../lib/seiaddr.mjs';
import { onAnvil, seizaOnly } from '../../lib/target.mjs';

const sei = createRequire(import.meta.url)('@sei-js/precompiles');
const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const signer = countingWallet(0, provider);
const alice = devWallet(0).address;
const bank = new Contract(sei.BANK_PRECOMPILE_ADDRESS, sei.BANK_PRECOMPILE_ABI, signer);
const json = new Contract(sei.JSON_PRECOMPILE_ADDRESS, sei.JSON_PRECOMPILE_ABI, signer);
const probe = onAnvil ? null : await deploy(own('BankProbe'), signer);
const only = seizaOnly('Sei\'s precompiles');
const USEI = 10n ** 12n;

test('balance in usei is the EVM balance rounded down', only, async () => {
  const { address } = Wallet.createRandom();
  await mined(signer.sendTransaction({ to: address, value: 5n * USEI + 1n }));
  assert.equal(await bank.balance(address, 'usei'), 5n);
  assert.equal(await provider.getBalance(address), 5n * USEI + 1n);
  assert.equal(await bank.balance(alice, 'usei'), await provider.getBalance(alice) / USEI);
  assert.equal(await bank.balance(alice, 'unothing'), 0n);
});

test('all_balances lists what there is', only, async () => {
  const listed = await bank.all_balances(alice);
  assert.deepEqual(listed.map((c) => c.denom), ['ueth', 'usei', 'uusdc'], 'SEI, and the coins of the devnet\'s markets');
  assert.equal(listed[1].amount, await provider.getBalance(alice) / USEI);
  assert.deepEqual([...await bank.all_balances(Wallet.createRandom().address)], []);
});

test('usei has a name, a symbol and no decimals below itself', only, async () => {
  assert.ok((await bank.name('usei')).length > 0);
  assert.ok((await bank.symbol('usei')).length > 0);
  assert.equal(await bank.decimals('usei'), 0n, 'Sei counts in the micro denomination');
});

test('supply holds all accounts, and a transfer with its fee does not change it', only, async () => {
  const before = await bank.supply('usei');
  assert.ok(before >= 10n * 10_000n * 1_000_000n);
  await mined(signer.sendTransaction({ to: devWallet(1).address, value: parseEther('1') }));
  assert.equal(await bank.supply('usei'), before);
});

test('sendNative pays a sei1 address to the wei', only, async () => {
  const target = seiOf(Wallet.createRandom());
  const before = await provider.getBalance(alice);
  const { fee, status } = await mined(bank.sendNative(target, { value: parseEther('2.5') }));
  assert.equal(status, 1);
  assert.equal(before - await provider.getBalance(alice), parseEther('2.5') + fee);
  assert.equal(await bank.balance(castToEvm(target), 'usei'), 2_500_000n);
  assert.equal(await provider.getBalance(sei.BANK_PRECOMPILE_ADDRESS), 0n);
});

test('sendNative refuses an address that is none, and nothing is taken', only, async () => {
  for (const target of ['', 'sei1nonsense', 'cosmos1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqnrql8a', alice]) {
    await assert.rejects(bank.sendNative.staticCall(target, { value: 1n }), (e) => e.code === 'CALL_EXCEPTION');
  }
  const before = await provider.getBalance(alice);
  const failed = await bank.sendNative('sei1nonsense', { value: parseEther('1'), gasLimit: 500_000n });
  await assert.rejects(failed.wait(), (e) => e.receipt.status === 0);
  const { fee } = await provider.getTransactionReceipt(failed.hash);
  assert.equal(before - await provider.getBalance(alice), fee);
});

test('send is for pointers alone', only, async () => {
  await assert.rejects(bank.send.staticCall(alice, devWallet(1).address, 'usei', 1n), (e) => e.code === 'CALL_EXCEPTION');
});

test('a contract that sends and reverts leaves no effect', only, async () => {
  const target = seiOf(Wallet.createRandom());
  const sent = await probe.sendAndRevert(target, { value: parseEther('3'), gasLimit: 1_000_000n });
  await assert.rejects(sent.wait());
  assert.equal(await provider.getBalance(castToEvm(target)), 0n);
  assert.equal(await provider.getBalance(probe.target), 0n);
});

test('a frame that sends, reverts and is caught leaves no effect, and the rest of the transaction stands', only, async () => {
  const target = seiOf(Wallet.createRandom());
  await mined(probe.sendAndCatch(target, { value: parseEther('3'), gasLimit: 1_000_000n }));
  assert.equal(await probe.caught(), true);
  assert.equal(await provider.getBalance(castToEvm(target)), 0n);
  assert.equal(await provider.getBalance(probe.target), parseEther('3'));
  await mined(probe.send(target, { value: 7n, gasLimit: 1_000_000n }));
  assert.equal(await provider.getBalance(castToEvm(target)), 7n);
});

test('a static call cannot send', only, async () => {
  assert.equal(await probe.staticSend(seiOf(Wallet.createRandom())), false);
  assert.equal(await probe.balanceSeen(alice), await bank.balance(alice, 'usei'));
});

test('json: bytes, lists and numbers are cut out of a document', only, async () => {
  const document = toUtf8Bytes(JSON.stringify({ key: 'value', list: [1, { a: 2 }], big: '12345678901234567890123', n: 42 }));
  assert.equal(toUtf8String(await json.extractAsBytes(document, 'key')), 'value');
  assert.deepEqual((await json.extractAsBytesList(document, 'list')).map((b) => toUtf8String(b)), ['1', '{"a":2}']);
  assert.equal(await json.extractAsUint256(document, 'big'), 12345678901234567890123n);
  await assert.rejects(json.extractAsBytes(document, 'absent'), (e) => e.code === 'CALL_EXCEPTION');
  await assert.rejects(json.extractAsBytes(toUtf8Bytes('{'), 'key'), (e) => e.code === 'CALL_EXCEPTION');
});
