// sei-js of Sei's first version, with the CosmJS 0.29 it brings along, over the old dialect at /v034.
// Proves: wallets of that time query, sign and send without a change.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import sei from '@sei-js/core';
import { startChain } from '../../lib/chain.mjs';
import { COSMOS_CHAIN_ID, devUser, FEE, firstBlocks, sendAndWait, send, stranger } from '../../lib/cosmos.mjs';
import { onAnvil, seizaOnly } from '../../lib/target.mjs';

const only = seizaOnly('the Tendermint RPC');
const chain = await startChain();
after(() => chain.stop());
if (!onAnvil) await firstBlocks(chain.rpc);
const old = `${chain.tendermint}/v034`;
const alice = await devUser(0);
const { Tendermint34Client } = createRequire(createRequire(import.meta.url).resolve('@sei-js/core'))('@cosmjs/tendermint-rpc');

test('queries', only, async () => {
  const client = await sei.getStargateClient(old);
  assert.equal(await client.getChainId(), COSMOS_CHAIN_ID);
  assert.deepEqual(await client.getBalance((await stranger()).sei, 'usei'), { denom: 'usei', amount: '0' });
});

test('signing and sending; the log is JSON', only, async () => {
  // The first transaction links both addresses of the key.
  await sendAndWait(chain.rpc, alice, [send(alice, await stranger(), 1n)]);
  const client = await sei.getSigningClient(old, alice.signer);
  const to = await stranger();
  const result = await client.sendTokens(alice.sei, to.sei, [{ denom: 'usei', amount: '3' }], FEE);
  assert.equal(result.code, 0, result.rawLog);
  const [{ events }] = JSON.parse(result.rawLog);
  assert.ok(events.some((event) => event.type === 'transfer'));
  assert.equal((await client.getBalance(to.sei, 'usei')).amount, '3');
});

test('attributes are bytes in base64', only, async () => {
  const client = await Tendermint34Client.connect(old);
  const { txs } = await client.txSearchAll({ query: "message.action='/cosmos.bank.v1beta1.MsgSend'" });
  const transfer = txs[0].result.events.find((event) => event.type === 'transfer');
  assert.equal(new TextDecoder().decode(transfer.attributes[0].key), 'recipient');
  const results = await client.blockResults(txs[0].height);
  assert.equal(results.results.length, 1);
});
