// CosmJS's high-level client over the Tendermint RPC: connect, ask, simulate, sign, send, find again.
// Proves: a Cosmos wallet needs nothing but the Tendermint RPC; both kinds of transactions are found by one hash.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { coins } from '@cosmjs/proto-signing';
import { GasPrice, isDeliverTxSuccess, SigningStargateClient, StargateClient } from '@cosmjs/stargate';
import { getBytes, sha256 } from 'ethers';
import { startChain } from '../../lib/chain.mjs';
import { COSMOS_CHAIN_ID, devUser, FEE, firstBlocks, nonceOf, send, signed, stranger } from '../../lib/cosmos.mjs';
import { mined, providerOf } from '../../lib/ethers.mjs';
import { onAnvil, seizaOnly } from '../../lib/target.mjs';
import { eventually } from '../../lib/wait.mjs';

const only = seizaOnly('the Tendermint RPC');
const chain = await startChain();
after(() => chain.stop());
const { rpc } = chain;
if (!onAnvil) await firstBlocks(rpc);
const [alice, bob] = await Promise.all([devUser(0), devUser(1)]);
const clients = [];
after(() => clients.forEach((client) => client.disconnect()));

/** A client that signs for a user, connected to the node. */
async function clientOf(user) {
  const gasPrice = GasPrice.fromString('0.01usei');
  const client = await SigningStargateClient.connectWithSigner(chain.tendermint, user.signer, { gasPrice });
  clients.push(client);
  return client;
}

const upper = (bytes) => sha256(bytes).slice(2).toUpperCase();

test('connect: chain id, height, block', only, async () => {
  const client = await StargateClient.connect(chain.tendermint);
  clients.push(client);
  assert.equal(await client.getChainId(), COSMOS_CHAIN_ID);
  const height = await eventually('a block', () => client.getHeight());
  const block = await client.getBlock(height);
  assert.equal(block.header.height, height);
  assert.equal(block.header.chainId, COSMOS_CHAIN_ID);
  assert.match(block.id, /^[0-9A-F]{64}$/);
});

test('who has never been seen has no account, and a balance of nothing', only, async () => {
  const client = await clientOf(alice);
  const nobody = await stranger();
  assert.equal(await client.getAccount(nobody.sei), null);
  assert.deepEqual(await client.getBalance(nobody.sei, 'usei'), { denom: 'usei', amount: '0' });
  assert.deepEqual(await client.getAllBalances(nobody.sei), []);
  await assert.rejects(client.getSequence(nobody.sei), /does not exist on chain/);
});

test('the first transaction is signed offline, and broadcast', only, async () => {
  const client = await clientOf(alice);
  const to = await stranger();
  const tx = await signed(alice, [send(alice, to, 7n)], { sequence: 0 });
  const result = await client.broadcastTx(tx.bytes);
  assert.ok(isDeliverTxSuccess(result), result.rawLog);
  assert.equal(result.transactionHash, upper(tx.bytes));
  assert.deepEqual(await client.getBalance(to.sei, 'usei'), { denom: 'usei', amount: '7' });
  const account = await client.getAccount(alice.sei);
  assert.deepEqual([Number(account.accountNumber), Number(account.sequence), account.address], [0, 1, alice.sei]);
});

test('sendTokens: account, simulation, fee, broadcast, result', only, async () => {
  const client = await clientOf(alice);
  const to = await stranger();
  const simulated = await client.simulate(alice.sei, [send(alice, to, 5n)], 'a memo');
  const result = await client.sendTokens(alice.sei, to.sei, coins(5, 'usei'), 'auto', 'a memo');
  assert.equal(result.code, 0, result.rawLog);
  assert.ok(Number(result.gasUsed) <= simulated && simulated < Number(result.gasUsed) + 1_000, `${simulated} simulated, ${result.gasUsed} used`);
  const transfer = result.events.find((event) => event.type === 'transfer');
  assert.deepEqual(transfer.attributes.find((a) => a.key === 'recipient').value, to.sei);
  const found = await client.getTx(result.transactionHash);
  assert.deepEqual([found.height, found.code, found.hash], [result.height, 0, result.transactionHash]);
  const block = await client.getBlock(found.height);
  assert.ok(block.txs.some((tx) => upper(tx) === result.transactionHash));
});

test('searchTx: by sender, by recipient, by height', only, async () => {
  const client = await clientOf(alice);
  const to = await stranger();
  const { transactionHash, height } = await client.sendTokens(alice.sei, to.sei, coins(9, 'usei'), FEE);
  for (const query of [
    [{ key: 'transfer.recipient', value: to.sei }],
    `transfer.recipient='${to.sei}' AND tx.height=${height}`,
    `message.sender='${alice.sei}' AND tx.height>=${height}`,
    `message.action='/cosmos.bank.v1beta1.MsgSend' AND tx.height=${height}`,
  ]) {
    assert.deepEqual((await client.searchTx(query)).map((tx) => tx.hash), [transactionHash], JSON.stringify(query));
  }
  assert.deepEqual(await client.searchTx(`transfer.recipient='${(await stranger()).sei}'`), []);
});

test('a refused transaction says why', only, async () => {
  const client = await clientOf(alice);
  const to = await stranger();
  const stale = await signed(alice, [send(alice, to, 1n)], { sequence: 0 });
  await assert.rejects(client.broadcastTx(stale.bytes), (error) => error.code === 32 && error.codespace === 'sdk');
  const otherChain = await signed(alice, [send(alice, to, 1n)], { sequence: await nonceOf(rpc, alice), chainId: 'other-1' });
  await assert.rejects(client.broadcastTx(otherChain.bytes), (error) => error.code === 4);
});

test('a message that fails in its block is a result, not an error', only, async () => {
  const client = await clientOf(alice);
  const to = await stranger();
  const result = await client.sendTokens(alice.sei, to.sei, coins(1, 'uatom'), FEE);
  assert.deepEqual([result.code, isDeliverTxSuccess(result)], [4, false]);
});

test('an Ethereum transaction is found by the SHA-256 of its bytes', only, async () => {
  const client = await clientOf(alice);
  const provider = providerOf(chain);
  const wallet = bob.wallet.connect(provider);
  const receipt = await mined(await wallet.sendTransaction({ to: alice.evm, value: 1n }));
  const raw = await rpc('eth_getRawTransactionByHash', receipt.hash);
  const found = await client.getTx(upper(raw));
  assert.equal(found.height, receipt.blockNumber);
  assert.deepEqual(found.tx, getBytes(raw));
  const ours = found.events.find((event) => event.type === 'ethereum_tx');
  assert.equal(ours.attributes.find((a) => a.key === 'ethereumTxHash').value, receipt.hash);
  provider.destroy();
});
