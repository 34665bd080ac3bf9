// The addr precompile (0x1004) by the ABI that @sei-js/precompiles ships, and the sei_ methods that ask the same.
// Proves: one key has two addresses on one account; linking by transaction, by key and by signature; money follows.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { Contract, parseEther, Wallet } from 'ethers';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { countingWallet, deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { castToEvm, publicKeyOf, seiOf } from '../../lib/seiaddr.mjs';
import { seizaOnly } from '../../lib/target.mjs';

const sei = createRequire(import.meta.url)('@sei-js/precompiles');
const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const signer = countingWallet(0, provider);
const addr = new Contract(sei.ADDRESS_PRECOMPILE_ADDRESS, sei.ADDRESS_PRECOMPILE_ABI, signer);
const bank = new Contract(sei.BANK_PRECOMPILE_ADDRESS, sei.BANK_PRECOMPILE_ABI, signer);
const only = seizaOnly('Sei\'s precompiles');
const refused = (e) => e.code === 'CALL_EXCEPTION';

test('whoever has sent a transaction is linked: both directions answer', only, async () => {
  await mined(signer.sendTransaction({ to: devWallet(1).address, value: 1n }));
  const alice = devWallet(0);
  assert.equal(await addr.getSeiAddr(alice.address), seiOf(alice));
  assert.equal(await addr.getEvmAddr(seiOf(alice)), alice.address);
  assert.equal(await chain.rpc('sei_getSeiAddress', alice.address), seiOf(alice));
  assert.equal((await chain.rpc('sei_getEVMAddress', seiOf(alice))).toLowerCase(), alice.address.toLowerCase());
});

test('whoever has not is not', only, async () => {
  const stranger = Wallet.createRandom();
  await assert.rejects(addr.getSeiAddr(stranger.address), refused);
  await assert.rejects(addr.getEvmAddr(seiOf(stranger)), refused);
  assert.ok((await chain.rpc.raw('sei_getSeiAddress', [stranger.address])).error);
});

test('money sent to the sei1 address before linking moves to the account with the link', only, async () => {
  const owner = Wallet.createRandom();
  await mined(bank.sendNative(seiOf(owner), { value: parseEther('4') }));
  assert.equal(await provider.getBalance(owner.address), 0n);
  assert.equal(await provider.getBalance(castToEvm(seiOf(owner))), parseEther('4'));
  const answer = await addr.associatePubKey.staticCall(publicKeyOf(owner));
  assert.deepEqual([answer.seiAddr, answer.evmAddr], [seiOf(owner), owner.address]);
  await mined(addr.associatePubKey(publicKeyOf(owner), { gasLimit: 500_000n }));
  assert.equal(await provider.getBalance(owner.address), parseEther('4'));
  assert.equal(await provider.getBalance(castToEvm(seiOf(owner))), 0n);
  assert.equal(await addr.getSeiAddr(owner.address), seiOf(owner));
});

test('once linked, money sent to the sei1 address arrives at the account at once', only, async () => {
  const owner = Wallet.createRandom();
  await mined(addr.associatePubKey(publicKeyOf(owner), { gasLimit: 500_000n }));
  await mined(bank.sendNative(seiOf(owner), { value: 12_345n }));
  assert.equal(await provider.getBalance(owner.address), 12_345n);
});

test('a signed message links its signer', only, async () => {
  const owner = Wallet.createRandom();
  const text = 'Please sign this message to link your EVM and Sei addresses. No SEI will be spent as a result of this signature.\n\n';
  const signature = await owner.signMessage(text);
  const prefixed = `\x19Ethereum Signed Message:\n${text.length}${text}`;
  const v = `0x${(parseInt(signature.slice(130), 16) - 27).toString(16)}`;
  await mined(addr.associate(v, signature.slice(0, 66), `0x${signature.slice(66, 130)}`, prefixed, { gasLimit: 500_000n }));
  assert.equal(await addr.getEvmAddr(seiOf(owner)), owner.address);
});

test('a key that is none and a signature that is none are refused', only, async () => {
  for (const key of ['', 'zz', '02', `02${'ff'.repeat(32)}`]) await assert.rejects(addr.associatePubKey.staticCall(key), refused);
  await assert.rejects(addr.associate.staticCall('0x0', `0x${'00'.repeat(32)}`, `0x${'00'.repeat(32)}`, 'hello'), refused);
});

test('a link made in a frame that reverts is no link', only, async () => {
  const owner = Wallet.createRandom();
  const probe = await deploy(own('BankProbe'), signer);
  await mined(probe.linkAndCatch(publicKeyOf(owner), { gasLimit: 1_000_000n }));
  assert.equal(await probe.caught(), true);
  await assert.rejects(addr.getSeiAddr(owner.address), refused);
});
