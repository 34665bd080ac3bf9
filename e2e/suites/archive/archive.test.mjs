// Old heights in an object store: a node that keeps little puts the rest into an S3-compatible server and reads it from there.
// Proves: pruned heights answer as before, also when nothing of them is cached; a store that is away costs old heights only.
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, launch, scratchFolder, startChain } from '../../lib/chain.mjs';
import { devWallet, providerOf } from '../../lib/ethers.mjs';
import { PYTHON } from '../../lib/prepare.mjs';
import { seizaOnly } from '../../lib/target.mjs';

const only = seizaOnly('its own archive');
const BUCKET = 'seiza-archive';
const WAIT_MS = 90_000;
const TO = '0x00000000000000000000000000000000000000aa';
const home = scratchFolder('archive');
let [store, port, chain, paid] = [];

before(async () => {
  [port] = await freePorts(1);
  await startStore();
  Object.assign(process.env, {
    SEIZA_STORAGE_KEEP_HEIGHTS: '70', SEIZA_STORAGE_ARCHIVE: `s3://${BUCKET}/node`, SEIZA_STORAGE_ARCHIVE_CACHE_MB: '1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_ALLOW_HTTP: 'true', AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing',
  });
});
after(() => Promise.all([chain?.kill(), store?.child.kill('SIGKILL')]));

/** moto's S3: somebody else's server, in a process of its own. */
async function startStore() {
  store = launch(PYTHON, ['-c', 'from moto.server import main; main()', '-H', '127.0.0.1', '-p', String(port)]);
  await until('the store answers', () => fetch(`http://127.0.0.1:${port}/${BUCKET}`, { method: 'PUT' }).then((r) => r.ok, () => false));
}

async function until(what, done) {
  for (const start = Date.now(); Date.now() - start < WAIT_MS; await sleep(100)) if (await done()) return;
  throw new Error(`${what}: not within ${WAIT_MS} ms\n${store?.output ?? ''}\n${chain?.logs() ?? ''}`);
}

/** Names of the archived runs. */
async function archived() {
  const list = await (await fetch(`http://127.0.0.1:${port}/${BUCKET}?list-type=2`)).text();
  return [...list.matchAll(/<Key>node\/runs\/([^<]+)<\/Key>/g)].map((match) => match[1]);
}

const height = async () => Number(await chain.rpc('eth_blockNumber'));
const firstHere = () => Math.min(...readdirSync(join(home, 'data', 'index')).filter((name) => name.endsWith('.run')).map((name) => Number(name.split('-')[0])));
const balanceAt = async (block) => Number(await chain.rpc('eth_getBalance', TO, `0x${block.toString(16)}`));

/** Balances around each payment are those that were seen when it was made. */
async function oldHeightsAnswer() {
  for (const [index, { block, hash }] of paid.entries()) {
    assert.equal(await balanceAt(block - 1), index, `before block ${block}`);
    assert.equal(await balanceAt(block), index + 1, `after block ${block}`);
    assert.equal(Number((await chain.rpc('eth_getTransactionReceipt', hash)).blockNumber), block);
    assert.equal((await chain.rpc('eth_getBlockByNumber', `0x${block.toString(16)}`, false)).transactions[0], hash);
  }
  assert.ok(await chain.rpc('eth_call', { to: TO }, '0x1'));
}

test('what is pruned goes to the store and answers from there', only, async () => {
  chain = await startChain({ home, blockTime: '20ms' });
  const wallet = devWallet(0, providerOf(chain));
  paid = [];
  for (let n = 0; n < 4; n += 1) {
    const receipt = await (await wallet.sendTransaction({ to: TO, value: 1n })).wait();
    paid.push({ block: receipt.blockNumber, hash: receipt.hash });
  }
  await until('runs are archived', async () => (await archived()).length >= 3);
  assert.ok(firstHere() > paid.at(-1).block, 'the payments are not indexed here any more');
  await oldHeightsAnswer();
  assert.equal(await chain.rpc('eth_getTransactionReceipt', `0x${'11'.repeat(32)}`), null, 'what nobody has is nowhere');
});

test('while the store is away only old heights fail, and nothing is lost', only, async () => {
  await chain.stop();
  rmSync(join(home, 'data', 'archive-cache'), { recursive: true });
  chain = await startChain({ home, blockTime: '20ms' });
  await oldHeightsAnswer();
  const runs = await archived();
  // Stopped, not killed: it forgets what it holds when it ends.
  store.child.kill('SIGSTOP');
  const before = await height();
  await until('blocks go on', async () => (await height()) > before + 100);
  assert.equal(await balanceAt(await height()), paid.length);
  store.child.kill('SIGCONT');
  await until('archiving goes on', async () => (await archived()).length > runs.length);
  await oldHeightsAnswer();
});
