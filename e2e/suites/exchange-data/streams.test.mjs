// Streams over a WebSocket while a market trades: nothing is missed, whatever the client does.
// Proves: depth by snapshot and updates is the depth of the chain; trades, candles and one's own orders come; a client that was
// away takes up where it was, across kill -9 of the node too.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startChain } from '../../lib/chain.mjs';
import { cliJson, rest, stream, StreamedBook } from '../../lib/exchange-data.mjs';
import { onAnvil, seizaOnly } from '../../lib/target.mjs';
import { eventually } from '../../lib/wait.mjs';

const only = seizaOnly('anvil has no exchange');
let chain = onAnvil ? null : await startChain();
after(() => chain?.stop());
/** The two that a devnet has, and then one of our own. */
const M = 3;
const OWNER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const place = (dev, side, quantity, price, ...more) => cliJson(chain, 'place', M, side, quantity, price, '--dev', dev, ...more);
const depth = () => chain.rpc('exchange_depth', M, 1000);

/** The streamed book, once it has come to the height of the chain's. */
async function agrees(book) {
  const expected = await depth();
  await eventually(`the book at ${expected.height}`, async () => {
    const { bids, asks } = await depth();
    assert.deepEqual([book.levels('bids'), book.levels('asks')], [bids, asks]);
    return true;
  });
}

before(async () => {
  if (chain) await cliJson(chain, 'list', 'usei', 'ueth', '--tick', '0.0001', '--lot', '0.1', '--dev', 0);
});

test('depth: a snapshot, then updates, make the book', only, async () => {
  await place(1, 'sell', 5, '0.50');
  const book = new StreamedBook();
  const depths = await stream(chain, 'depth', { market: M }, (message) => book.apply(message));
  await eventually('a snapshot', () => depths.messages.length);
  assert.deepEqual([depths.messages[0].kind, depths.messages[0].previous, depths.messages[0].asks], ['snapshot', null, [['500000', '5000000', 1]]]);
  await place(1, 'sell', 3, '0.51');
  await place(2, 'buy', 2, '0.50');
  await place(2, 'buy', 1, '0.45');
  await agrees(book);
  assert.ok(depths.messages.slice(1).every((m, i) => m.kind === 'update' && m.previous === depths.messages[i].height));
  await depths.close();
});

test('a client that was away takes up where it was', only, async () => {
  const book = new StreamedBook();
  const first = await stream(chain, 'depth', { market: M }, (message) => book.apply(message));
  await eventually('a snapshot', () => first.messages.length);
  await first.close();
  await place(1, 'sell', 4, '0.52');
  await place(2, 'buy', 6, '0.52');
  const again = await stream(chain, 'depth', { market: M, fromHeight: first.at() }, (message) => book.apply(message));
  await agrees(book);
  assert.deepEqual([again.messages[0].kind, again.messages[0].previous, book.resets], ['update', first.at(), 0]);
  await again.close();
});

test('trades and candles come as they happen', only, async () => {
  const [trades, candles] = await Promise.all([stream(chain, 'trades', { market: M }), stream(chain, 'candles', { market: M, interval: '1d' })]);
  await eventually('snapshots', () => trades.messages.length && candles.messages.length);
  assert.equal(trades.messages[0].kind, 'snapshot');
  const { height } = await place(2, 'buy', 1, '0.60');
  const told = await eventually('the trade', () => trades.messages.slice(1).flatMap((m) => m.trades).at(0));
  assert.equal(told.height, height);
  assert.deepEqual((await rest(chain, `markets/${M}/trades?from=${height}`)).body.trades[0], told);
  const candle = await eventually('the candle', () => candles.messages.slice(1).flatMap((m) => m.candles).at(-1));
  assert.deepEqual((await rest(chain, `markets/${M}/candles?interval=1d`)).body.candles.at(-1), candle);
  await Promise.all([trades.close(), candles.close()]);
});

test('one\'s own orders, and nobody else\'s', only, async () => {
  const orders = await stream(chain, 'orders', { owner: OWNER });
  const snapshot = await eventually('a snapshot', () => orders.messages[0]);
  assert.deepEqual(snapshot.orders, (await chain.rpc('exchange_openOrders', OWNER)).orders);
  await place(3, 'sell', 1, '0.70');
  const { id } = await place(1, 'sell', 2, '0.55', '--client-id', 77);
  await place(2, 'buy', '0.5', '0.90', '--kind', 'ioc');
  await cliJson(chain, 'cancel', M, '--all', '--dev', 1);
  const events = () => orders.messages.slice(1).flatMap((m) => m.events);
  await eventually('the end', () => events().find((e) => e.event === 'ended' && e.order === id));
  assert.ok(events().every((e) => e.owner.toLowerCase() === OWNER.toLowerCase()));
  assert.deepEqual(events().filter((e) => e.order === id).map((e) => [e.event, e.clientId, e.reason]), [['rested', '77', undefined], ['ended', '77', 'cancelled']]);
  await orders.close();
});

test('after kill -9 the streams go on where they were, and the past is the same', only, async () => {
  const book = new StreamedBook();
  const first = await stream(chain, 'depth', { market: M }, (message) => book.apply(message));
  await place(1, 'sell', 7, '0.80');
  await agrees(book);
  const past = async () => Promise.all(['trades', 'candles?interval=1s', 'candles?interval=1h'].map(async (what) => {
    const { trades, candles } = (await rest(chain, `markets/${M}/${what}`)).body;
    return trades ?? candles;
  }));
  const before = await past();
  await chain.kill();
  chain = await startChain({ home: chain.home });
  assert.deepEqual(await past(), before);
  await place(1, 'sell', 7, '0.81');
  const again = await stream(chain, 'depth', { market: M, fromHeight: first.at() }, (message) => book.apply(message));
  await agrees(book);
  assert.equal(book.resets, 0);
  await again.close();
});

test('bad subscriptions are refused with field and bound', only, async () => {
  const table = [
    ['depth', {}, -32602, /market: missing/],
    ['depth', { market: 9 }, -32000, /unknown market 9/],
    ['depth', { market: M, interval: '1s' }, -32602, /interval: not a parameter of the stream depth/],
    ['depth', { market: M, fromHeight: 10 ** 9 }, -32602, /fromHeight: 1000000000 is above the head, \d+/],
    ['candles', { market: M, interval: '7m' }, -32602, /interval: "7m" is no interval/],
    ['orders', {}, -32602, /owner: missing/],
    ['news', {}, -32601, /no "news" subscription in exchange namespace/],
  ];
  for (const [topic, options, code, words] of table) {
    await assert.rejects(stream(chain, topic, options), (error) => error.code === code && words.test(error.message));
  }
  const { error } = await chain.rpc.raw('exchange_subscribe', ['depth', { market: M }]);
  assert.match(error.message, /notifications not supported/);
});
