// CosmJS's Tendermint client: every call of Comet38Client, over HTTP and over WebSocket.
// Proves: the JSON is CometBFT's as the client reads it, and subscriptions tell every block and transaction.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fromHex, toHex } from '@cosmjs/encoding';
import { Comet38Client, connectComet, HttpBatchClient } from '@cosmjs/tendermint-rpc';
import { startChain } from '../../lib/chain.mjs';
import { COSMOS_CHAIN_ID, devUser, firstBlocks, nonceOf, send, signed, stranger } from '../../lib/cosmos.mjs';
import { onAnvil, seizaOnly } from '../../lib/target.mjs';
import { eventually } from '../../lib/wait.mjs';

const run = promisify(execFile);
const only = seizaOnly('the Tendermint RPC');
const chain = await startChain();
after(() => chain.stop());
const { rpc } = chain;
if (!onAnvil) await firstBlocks(rpc);
const alice = await devUser(0);
const connect = (url) => (onAnvil ? null : Comet38Client.connect(url));
const http = await connect(chain.tendermint);

/** The next signed transaction of Alice: { bytes, hash }. */
async function next() {
  return signed(alice, [send(alice, await stranger(), 1n)], { sequence: await nonceOf(rpc, alice) });
}

/** One transaction in a block. */
const sent = await http?.broadcastTxCommit({ tx: (await next()).bytes });

for (const [name, client] of [['HTTP', http]]) {
  test(`${name}: the node`, only, async () => {
    await client.health();
    const status = await client.status();
    assert.equal(status.nodeInfo.network, COSMOS_CHAIN_ID);
    assert.match(status.nodeInfo.version, /^0\.38\./);
    assert.equal(status.syncInfo.catchingUp, false);
    assert.ok(status.validatorInfo.votingPower > 0n);
    const info = await client.abciInfo();
    assert.equal(info.lastBlockAppHash.length, 32);
    const genesis = await client.genesis();
    assert.equal(genesis.chainId, COSMOS_CHAIN_ID);
    assert.ok(genesis.validators.length > 0);
    assert.ok((await client.numUnconfirmedTxs()).total >= 0);
  });

  test(`${name}: blocks`, only, async () => {
    const { block, blockId } = await client.block(sent.height);
    assert.equal(block.txs.length, 1);
    assert.deepEqual(block.lastCommit.blockId.hash, block.header.lastBlockId.hash);
    assert.ok(block.lastCommit.signatures.length > 0);
    const first = await client.block(1);
    assert.deepEqual([first.block.lastCommit, first.block.header.lastBlockId], [null, null]);
    const commit = await client.commit(sent.height);
    assert.deepEqual([commit.canonical, commit.commit.blockId], [true, blockId]);
    const results = await client.blockResults(sent.height);
    assert.deepEqual(results.results.map((one) => one.code), [0]);
    const metas = await client.blockchain(1, sent.height);
    assert.equal(metas.blockMetas[0].header.height, sent.height);
    const found = await client.blockSearchAll({ query: `block.height >= ${sent.height} AND block.height <= ${sent.height}` });
    assert.deepEqual(found.blocks.map((one) => one.block.header.height), [sent.height]);
    const page = await client.blockSearch({ query: `block.height <= ${sent.height}`, page: 1, per_page: 1 });
    assert.ok(page.totalCount >= 1);
  });

  test(`${name}: validators`, only, async () => {
    const page = await client.validators({ height: sent.height, page: 1, per_page: 10 });
    const all = await client.validatorsAll(sent.height);
    assert.deepEqual(page.validators, all.validators);
    assert.equal(all.validators[0].pubkey.algorithm, 'ed25519');
  });

  test(`${name}: transactions`, only, async () => {
    const tx = await client.tx({ hash: sent.hash, prove: true });
    assert.deepEqual([tx.height, tx.index, tx.result.code], [sent.height, 0, 0]);
    assert.deepEqual(tx.proof.data, tx.tx);
    const { block } = await client.block(sent.height);
    assert.deepEqual(tx.proof.rootHash, block.header.dataHash);
    const query = `tx.hash='${toHex(sent.hash).toUpperCase()}'`;
    assert.equal((await client.txSearchAll({ query })).txs.length, 1);
    assert.equal((await client.txSearch({ query, page: 1, per_page: 5, prove: true })).totalCount, 1);
    await assert.rejects(client.tx({ hash: fromHex('00'.repeat(32)) }), /not found/);
  });

  test(`${name}: broadcasts`, only, async () => {
    const waits = await client.broadcastTxCommit({ tx: (await next()).bytes });
    assert.deepEqual([waits.checkTx.code, waits.txResult.code], [0, 0]);
    const sync = await next();
    assert.equal((await client.broadcastTxSync({ tx: sync.bytes })).code, 0);
    const hash = fromHex(sync.hash.slice(2));
    await eventually('the transaction', () => client.tx({ hash }), { everyMs: 100 });
    const later = await next();
    assert.deepEqual((await client.broadcastTxAsync({ tx: later.bytes })).hash, fromHex(later.hash.slice(2)));
    await eventually('the transaction sent without waiting', () => client.tx({ hash: fromHex(later.hash.slice(2)) }));
  });

  test(`${name}: state with a proof`, only, async () => {
    const key = fromHex(`01${alice.evm.slice(2)}`);
    await eventually('two blocks', async () => (await client.status()).syncInfo.latestBlockHeight > 2);
    const found = await client.abciQuery({ path: '/store/bank/key', data: key, prove: true });
    assert.deepEqual([found.code, found.value.length], [0, 32]);
    assert.deepEqual(found.proof.ops.map((op) => op.type), ['ics23:iavl', 'ics23:simple']);
    assert.equal((await client.abciQuery({ path: '/app/version', data: new Uint8Array() })).code, 0);
  });
}

test('WebSocket: calls and subscriptions', only, async () => {
  const tx = await next();
  const script = fileURLToPath(new URL('../../lib/comet-socket.mjs', import.meta.url));
  const told = await run(process.execPath, [script, chain.tendermint, alice.sei, toHex(tx.bytes)], { timeout: 60_000 });
  const { network, heights, chainId, hash, code } = JSON.parse(told.stdout);
  assert.deepEqual([network, chainId], [COSMOS_CHAIN_ID, COSMOS_CHAIN_ID]);
  assert.deepEqual(heights, [heights[0], heights[0] + 1, heights[0] + 2], 'every block, in order');
  assert.deepEqual([hash, code], [tx.hash.slice(2).toLowerCase(), 0]);
});

test('a client chooses its dialect by the version, and may batch', only, async () => {
  const client = await connectComet(chain.tendermint);
  assert.ok(client instanceof Comet38Client);
  const batch = Comet38Client.create(new HttpBatchClient(chain.tendermint));
  const both = await Promise.all([batch.status(), batch.block(1)]);
  assert.equal(both[1].block.header.height, 1);
});
