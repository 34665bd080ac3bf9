// MetaMask's controllers at pinned versions: what happens between "Confirm" and the green tick.
// Proves: vault from the mnemonic, network status, EIP-1559 detection, gas estimates, nonce, sign, publish, confirmation.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { deploy, devWallet, providerOf } from '../../lib/ethers.mjs';
import { metamaskOn } from '../../lib/metamask.mjs';
import { eventually } from '../../lib/wait.mjs';

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const wallet = await metamaskOn(chain);
const { network, keyring, accounts, approval, gasFee, transactions, networkClientId } = wallet;
const alice = devWallet(0).address.toLowerCase();

/** Adds a transaction, confirms it as the user would, and waits for its end. */
async function send(fields) {
  const { transactionMeta, result } = await transactions.addTransaction({ from: alice, ...fields }, { networkClientId, origin: 'http://dapp.example' });
  const asked = await eventually('the approval', () => Object.values(approval.state.pendingApprovals)[0]);
  assert.equal(asked.requestData.txId, transactionMeta.id);
  approval.accept(asked.id);
  const hash = await result;
  const meta = () => transactions.state.transactions.find((t) => t.id === transactionMeta.id);
  await eventually('a final status', () => ['confirmed', 'failed', 'dropped'].includes(meta().status), { limitMs: 40_000 });
  return { hash, ...meta() };
}

test('the vault holds the accounts of the mnemonic', async () => {
  assert.deepEqual(keyring.state.keyrings[0].accounts, [alice]);
  await keyring.addNewAccount();
  assert.equal(keyring.state.keyrings[0].accounts[1], devWallet(1).address.toLowerCase());
  assert.equal(accounts.getSelectedAccount().address, alice);
});

test('the network is found available and EIP-1559 compatible', async () => {
  await network.initializeProvider();
  await network.lookupNetwork();
  assert.deepEqual(network.state.networksMetadata[networkClientId], { status: 'available', EIPS: { 1559: true } });
  assert.equal(await network.getEIP1559Compatibility(), true);
});

test('gas fees are estimated from the node alone', async () => {
  const { gasEstimateType, gasFeeEstimates } = await gasFee.fetchGasFeeEstimates({ networkClientId });
  assert.equal(gasEstimateType, 'eth_gasPrice');
  assert.ok(Number(gasFeeEstimates.gasPrice) > 0);
});

test('a payment is added, approved, signed, published and confirmed', async () => {
  const before = await provider.getBalance(devWallet(5).address);
  const done = await send({ to: devWallet(5).address, value: '0xde0b6b3a7640000' });
  assert.equal(done.status, 'confirmed');
  assert.equal(done.txParams.type, '0x2');
  assert.equal(done.txParams.gas, '0x5208');
  assert.equal(done.txReceipt.status, '0x1');
  assert.equal(done.txReceipt.transactionHash, done.hash);
  assert.ok(done.baseFeePerGas, 'read from the block of the receipt by its hash');
  assert.equal(await provider.getBalance(devWallet(5).address) - before, 10n ** 18n);
});

test('a contract call is estimated, confirmed, and a reverting one fails', async () => {
  const probe = await deploy(own('Probe'), devWallet(3, provider), 0);
  const to = await probe.getAddress();
  const done = await send({ to, data: probe.interface.encodeFunctionData('store', [21]) });
  assert.equal(done.status, 'confirmed');
  assert.equal(await probe.value(), 21n);
  const broken = await send({ to, data: probe.interface.encodeFunctionData('sayNo', ['no']), gas: '0x186a0' });
  assert.equal(broken.status, 'failed');
  assert.match(broken.error.message, /dropped|revert|fail/i);
  assert.equal((await provider.getTransactionReceipt(broken.hash)).status, 0);
});

test('a rejected request is not sent', async () => {
  const nonce = await provider.getTransactionCount(alice, 'pending');
  const { result } = await transactions.addTransaction({ from: alice, to: alice }, { networkClientId, origin: 'http://dapp.example' });
  const refused = assert.rejects(result, /denied|rejected/i);
  const asked = await eventually('the approval', () => Object.values(approval.state.pendingApprovals)[0]);
  await new Promise((r) => setTimeout(r, 1_000)); // a user reads first; the fee poller has its first turn
  approval.reject(asked.id, Object.assign(new Error('User rejected the request.'), { code: 4001 }));
  await refused;
  assert.equal(await provider.getTransactionCount(alice, 'pending'), nonce);
});

test('the vault signs messages and typed data that recover to the account', async () => {
  const signature = await keyring.signPersonalMessage({ from: alice, data: '0x68656c6c6f' });
  const { verifyMessage } = await import('ethers');
  assert.equal(verifyMessage('hello', signature).toLowerCase(), alice);
});
