// ethers 6: every transaction type goes in, and its receipt and record say exactly what was paid and done.
// Proves: legacy, 2930, 1559 and 7702; exact fees; deployment addresses; failed transactions keep their receipt.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { getCreateAddress, parseEther, Wallet, ZeroHash } from 'ethers';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const [alice, bob, carol] = [0, 1, 2].map((i) => devWallet(i, provider));
const gwei = 10n ** 9n;

test('the ten accounts of the well-known mnemonic hold 10,000 SEI each', async () => {
  for (let i = 0; i < 10; i++) assert.equal(await provider.getBalance(devWallet(i).address), parseEther('10000'));
});

const shapes = [
  ['legacy', { type: 0, gasPrice: 20n * gwei }, 21_000n],
  ['access-list (2930)', { type: 1, gasPrice: 20n * gwei, accessList: [[bob.address, [ZeroHash]]] }, 25_300n],
  ['dynamic-fee (1559)', { type: 2, maxFeePerGas: 50n * gwei, maxPriorityFeePerGas: 2n * gwei }, 21_000n],
];
for (const [name, fields, gas] of shapes) {
  test(`a ${name} transfer costs exactly its gas and pays exactly its price`, async () => {
    const target = Wallet.createRandom().address;
    const before = await provider.getBalance(alice.address);
    const sent = await alice.sendTransaction({ to: target, value: 12345n, ...fields });
    const receipt = await sent.wait();
    const block = await provider.getBlock(receipt.blockNumber);
    const price = fields.gasPrice ?? block.baseFeePerGas + fields.maxPriorityFeePerGas;
    assert.equal(receipt.status, 1);
    assert.equal(receipt.type, fields.type);
    assert.equal(receipt.gasUsed, gas);
    assert.equal(receipt.gasPrice, price, 'effectiveGasPrice');
    assert.equal(await provider.getBalance(target), 12345n);
    assert.equal(before - await provider.getBalance(alice.address), 12345n + gas * price);
  });
}

test('a transaction read back is what was signed, field by field', async () => {
  const sent = await alice.sendTransaction({ to: bob.address, value: 1n, data: '0xc0ffee', gasLimit: 50_000n,
    accessList: [{ address: carol.address, storageKeys: [ZeroHash] }] });
  const { blockHash, blockNumber, index } = await sent.wait();
  const raw = await chain.rpc('eth_getTransactionByHash', sent.hash);
  assert.equal(raw.type, '0x2');
  assert.equal(Number(raw.chainId), CHAIN_ID);
  assert.equal(raw.input, '0xc0ffee');
  assert.equal(raw.from, alice.address.toLowerCase());
  assert.equal(raw.to, bob.address.toLowerCase());
  assert.equal(Number(raw.nonce), sent.nonce);
  assert.deepEqual(raw.accessList, [{ address: carol.address.toLowerCase(), storageKeys: [ZeroHash] }]);
  assert.equal(BigInt(raw.r), BigInt(sent.signature.r));
  assert.equal(BigInt(raw.s), BigInt(sent.signature.s));
  assert.equal(Number(raw.yParity), sent.signature.yParity);
  assert.deepEqual([raw.blockHash, Number(raw.blockNumber), Number(raw.transactionIndex)], [blockHash, blockNumber, index]);
});

test('a 7702 authorisation gives a plain account code, and clearing it takes the code away', async () => {
  const probe = await deploy(own('Probe'), alice, 0);
  const authorization = await carol.authorize({ address: await probe.getAddress(), nonce: 0, chainId: CHAIN_ID });
  const set = await mined(bob.sendTransaction({ type: 4, to: carol.address, authorizationList: [authorization],
    data: probe.interface.encodeFunctionData('store', [77]), gasLimit: 300_000n }));
  assert.equal(set.type, 4);
  assert.equal(set.status, 1);
  const delegated = await provider.getCode(carol.address);
  assert.equal(delegated, `0xef0100${(await probe.getAddress()).slice(2).toLowerCase()}`);
  assert.equal(await probe.attach(carol.address).value(), 77n, "stored in carol's own storage");
  assert.equal(await probe.value(), 0n);
  const raw = await chain.rpc('eth_getTransactionByHash', set.hash);
  assert.equal(raw.authorizationList.length, 1);
  assert.equal(raw.authorizationList[0].address, (await probe.getAddress()).toLowerCase());
  assert.equal(Number(raw.authorizationList[0].chainId), CHAIN_ID);
  const clear = await carol.authorize({ address: `0x${'00'.repeat(20)}`, nonce: 1, chainId: CHAIN_ID });
  await mined(bob.sendTransaction({ type: 4, to: carol.address, authorizationList: [clear], gasLimit: 100_000n }));
  assert.equal(await provider.getCode(carol.address), '0x');
});

test('a deployment lands at the address its sender and nonce give', async () => {
  const nonce = await provider.getTransactionCount(alice.address);
  const probe = await deploy(own('Probe'), alice, 9, { value: 5n });
  assert.equal(await probe.getAddress(), getCreateAddress({ from: alice.address, nonce }));
  const receipt = await probe.deploymentTransaction().wait();
  assert.equal(receipt.contractAddress, await probe.getAddress());
  assert.equal(receipt.to, null);
  assert.equal(await probe.value(), 9n);
  assert.equal(await provider.getBalance(await probe.getAddress()), 5n);
});

test('a reverting transaction is mined with status 0, no logs, and its gas paid', async () => {
  const probe = await deploy(own('Probe'), alice, 0);
  const sent = await bob.sendTransaction({ to: await probe.getAddress(), gasLimit: 100_000n,
    data: probe.interface.encodeFunctionData('sayNo', ['not today']) });
  await assert.rejects(sent.wait(), (e) => e.code === 'CALL_EXCEPTION' && e.receipt.status === 0);
  const receipt = await provider.getTransactionReceipt(sent.hash);
  assert.deepEqual([receipt.status, receipt.logs.length], [0, 0]);
  assert.ok(receipt.gasUsed > 21_000n && receipt.gasUsed < 100_000n);
  const burnt = await bob.sendTransaction({ to: await probe.getAddress(), gasLimit: 100_000n,
    data: probe.interface.encodeFunctionData('burnAll') });
  await assert.rejects(burnt.wait());
  assert.equal((await provider.getTransactionReceipt(burnt.hash)).gasUsed, 100_000n, 'an invalid opcode takes all gas');
});

test('waiting transactions with a nonce gap are mined in order once the gap is filled', async () => {
  const start = await provider.getTransactionCount(carol.address);
  const send = (nonce) => carol.sendTransaction({ to: bob.address, value: 1n, nonce, gasLimit: 21_000n });
  const [third, second] = [await send(start + 2), await send(start + 1)];
  assert.equal(await provider.getTransactionReceipt(third.hash), null);
  const first = await send(start);
  const places = [];
  for (const tx of [first, second, third]) {
    const { blockNumber, index } = await tx.wait();
    places.push(blockNumber * 1e6 + index);
  }
  assert.deepEqual([...places].sort((a, b) => a - b), places);
});

test('a waiting transaction is replaced by one that pays more', async () => {
  const nonce = await provider.getTransactionCount(carol.address);
  const fees = (g) => ({ maxFeePerGas: g * gwei, maxPriorityFeePerGas: g * gwei, gasLimit: 21_000n });
  const late = { to: bob.address, value: 1n, nonce: nonce + 1 };
  const old = await carol.sendTransaction({ ...late, ...fees(10n) });
  const better = await carol.sendTransaction({ ...late, value: 2n, ...fees(20n) });
  await carol.sendTransaction({ to: bob.address, nonce, ...fees(10n) });
  assert.equal((await better.wait()).status, 1);
  assert.equal(await provider.getTransactionReceipt(old.hash), null);
  assert.equal(await chain.rpc('eth_getTransactionByHash', old.hash), null);
});
