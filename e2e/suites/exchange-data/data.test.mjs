// A market from nothing: listed and traded by the CLI, read by ethers, fetch and WebSocket.
// Proves: depth, trades, candles, ticker, fills and orders agree with each other in every way in; errors name field and bound.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startChain } from '../../lib/chain.mjs';
import { providerOf } from '../../lib/ethers.mjs';
import { cli, cliJson, rest } from '../../lib/exchange-data.mjs';
import { onAnvil, seizaOnly } from '../../lib/target.mjs';

const only = seizaOnly('anvil has no exchange');
const chain = onAnvil ? null : await startChain();
after(() => chain?.stop());
const provider = chain && providerOf(chain);
const ask = (method, ...params) => provider.send(`exchange_${method}`, params);
const PAIR = 'usei/ueth';
/** The two that a devnet has, and then the pair. */
const M = 3;
const INTERVALS = ['1s', '5s', '1m', '5m', '15m', '1h', '4h', '1d'];
let sellerOrder;
let buyerOrder;

test('a market is listed by the CLI and shown in every way in', only, async () => {
  assert.deepEqual((await ask('markets')).markets.map((m) => [m.id, m.base, m.quote]), [[1, 'usei', 'uusdc'], [2, 'ueth', 'uusdc']]);
  const { market } = await cliJson(chain, 'list', 'usei', 'ueth', '--tick', '0.0001', '--lot', '0.1', '--dev', 0);
  assert.equal(market, M);
  const shown = (await ask('markets')).markets[M - 1];
  assert.deepEqual([shown.base, shown.quote, shown.tick, shown.lot, shown.status], ['usei', 'ueth', '100', '100000', 'active']);
  const one = await ask('market', M);
  assert.deepEqual({ ...one, height: 0 }, { height: 0, ...shown });
  assert.deepEqual((await rest(chain, 'markets')).body.markets[M - 1], shown);
});

test('an order rests: depth, book, open orders and its story say so', only, async () => {
  ({ id: sellerOrder } = await cliJson(chain, 'place', PAIR, 'sell', 100, '0.4523', '--client-id', 7, '--dev', 1));
  const depth = await ask('depth', M, 5);
  assert.deepEqual([depth.bids, depth.asks, depth.complete], [[], [['452300', '100000000', 1]], true]);
  assert.ok(depth.height >= 1 && Math.abs(depth.time - Date.now()) < 60_000);
  const { orders: [resting], next } = await ask('book', M, 'sell');
  assert.deepEqual([resting.id, resting.remaining, resting.kind, next], [sellerOrder, '100000000', 'limit', null]);
  const owner = resting.owner;
  assert.deepEqual((await ask('openOrders', owner)).orders, [resting]);
  assert.deepEqual((await rest(chain, `accounts/${owner}/orders?market=${M}`)).body.orders, [resting]);
  const story = await ask('order', sellerOrder);
  assert.deepEqual([story.status, story.quantity, story.filled], ['open', '100000000', '0']);
  assert.equal((await rest(chain, `accounts/${owner}/orders/7`)).body.id, sellerOrder);
});

test('simulation says what an order would do', only, async () => {
  const order = { market: M, side: 'buy', price: '460000', quantity: '12500000' };
  const { price, filled, quoteQuantity, rests, refusal } = await ask('simulate', order);
  assert.deepEqual([price, filled, quoteQuantity, rests, refusal], ['452300', '12500000', '5653750', '0', null]);
  const off = await ask('simulate', { ...order, price: '460050' });
  assert.match(off.refusal.reason, /tick 100/);
  assert.equal((await rest(chain, 'simulate?market=3&side=buy&price=460000&quantity=12500000')).body.filled, '12500000');
});

test('a second order trades: trade, candle, ticker, fills and stories agree', only, async () => {
  const placed = await cliJson(chain, 'place', PAIR, 'buy', '12.5', '0.46', '--dev', 2);
  buyerOrder = placed.id;
  assert.deepEqual([placed.order.status, placed.order.filled], ['filled', '12500000']);
  const { trades: [trade], next } = await ask('trades', M);
  assert.deepEqual([trade.price, trade.quantity, trade.quoteQuantity, trade.takerBought, trade.takerSold, trade.fills], ['452300', '12500000', '5653750', '12500000', '0', 2]);
  assert.equal(trade.height, placed.height);
  assert.equal(next, null);
  for (const interval of INTERVALS) {
    const { candles: [candle] } = await ask('candles', M, interval);
    assert.deepEqual([candle.open, candle.high, candle.low, candle.close, candle.volume, candle.trades], ['452300', '452300', '452300', '452300', '12500000', 1], interval);
    assert.ok(candle.time <= trade.time);
  }
  const ticker = await ask('ticker', M);
  assert.deepEqual([ticker.last, ticker.volume, ticker.ask, ticker.bid, ticker.partial], ['452300', '12500000', '452300', null, false]);
  assert.deepEqual([ticker.human.last, ticker.human.volume, ticker.symbol], ['0.4523', '12.5', PAIR]);
  const story = await ask('order', sellerOrder);
  assert.deepEqual([story.status, story.remaining, story.filled], ['open', '87500000', '12500000']);
  const { fills } = await ask('fills', story.owner);
  assert.deepEqual(fills.map((f) => [f.order, f.quantity, f.maker, f.remaining]), [[sellerOrder, '12500000', true, '87500000']]);
  const buyer = await ask('order', buyerOrder);
  assert.deepEqual([buyer.status, buyer.endedHeight], ['filled', trade.height]);
  assert.deepEqual((await rest(chain, 'tickers')).body.tickers[M - 1].human, ticker.human);
});

test('a transaction tells what its orders became', only, async () => {
  const { hash, id } = await cliJson(chain, 'place', PAIR, 'buy', '1', '0.40', '--client-id', 5, '--dev', 2);
  const found = await ask('transaction', hash);
  assert.deepEqual([found.code, found.messages], [0, [{ orders: [{ result: 'placed', id }] }]]);
  assert.equal(await ask('transaction', `0x${'00'.repeat(32)}`), null);
  const again = await cli(chain, 'place', PAIR, 'buy', '1', '0.40', '--client-id', 5, '--dev', 2);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /refused: client id is taken/);
});

test('the CLI shows people what the chain says', only, async () => {
  const book = await cli(chain, 'book', PAIR, '--limit', 5);
  assert.match(book.output, /ask {2}0\.4523 {6}87\.5 {7}1\nbid {2}0\.4000 {7}1\.0 {7}1/);
  assert.match((await cli(chain, 'trades', M)).output, /0\.4523 {6}12\.5 {2}buyers/);
  assert.match((await cli(chain, 'markets')).output, /3 {2}usei\/ueth +0\.4523 +0\.4000 +0\.4523 +12\.5 +0\.0001 +0\.1 +active/);
  assert.match((await cli(chain, 'orders', '--dev', 1)).output, new RegExp(`${sellerOrder} .* sell .* 0\\.4523 .* 87\\.5 .* 7 {2}open`));
  const watched = await cli(chain, 'watch', PAIR, '--blocks', 2);
  assert.equal([...watched.output.matchAll(/usei\/ueth \(market 3\) {2}block \d+/g)].length, 2);
});

test('what makes no sense is refused before anything is signed, with the step', only, async () => {
  const table = [
    [['place', PAIR, 'buy', 1, '0.45235', '--dev', 1], 2, /tick 0\.0001: take 0\.4523 or 0\.4524/],
    [['place', PAIR, 'buy', '1.05', '0.4523', '--dev', 1], 2, /lot 0\.1: take 1 or 1\.1/],
    [['place', 'usei/uatom', 'buy', 1, 1, '--dev', 1], 1, /no market usei\/uatom: usei\/uusdc \(1\), ueth\/uusdc \(2\), usei\/ueth \(3\)/],
    [['place', PAIR, 'buy', 1, '0.45'], 2, /nobody to sign/],
    [['cancel', PAIR, '1-2-3', '--dev', 1], 2, /is no order id/],
    [['list', 'usei', 'uusdc', '--tick', '0.000001', '--lot', '0.1', '--dev', 1], 2, /no whole number of quote units/],
  ];
  for (const [args, code, words] of table) {
    const ended = await cli(chain, ...args);
    assert.deepEqual([ended.code, words.test(ended.stderr)], [code, true], `${args.join(' ')}: ${ended.stderr}`);
  }
});

test('cancelled orders are gone, and their story is told', only, async () => {
  const { id } = await cliJson(chain, 'place', PAIR, 'buy', '2', '0.41', '--dev', 3);
  const { results } = await cliJson(chain, 'cancel', PAIR, id, '--dev', 3);
  assert.deepEqual(results, [{ result: 'cancelled' }]);
  const story = await ask('order', id);
  assert.deepEqual([story.status, story.remaining, story.filled], ['cancelled', '2000000', '0']);
  await cliJson(chain, 'cancel', PAIR, '--all', '--dev', 2);
  assert.deepEqual((await ask('depth', M)).bids, []);
});

test('bad questions are answered with field and bound', only, async () => {
  const table = [
    ['depth', [0], /market: 0 is below 1/, 'markets/0/depth', 400],
    ['depth', [M, 1001], /levels: 1001 is above 1000/, 'markets/3/depth?levels=1001', 400],
    ['depth', [9], /unknown market 9/, 'markets/9/depth', 404],
    ['candles', [1, '2m'], /interval: "2m" is no interval: 1s, 5s/, 'markets/1/candles?interval=2m', 400],
    ['book', [1, 'left'], /side: none of buy, sell/, 'markets/1/book?side=left', 400],
    ['order', ['1-2'], /id: "1-2" is no order id/, 'orders/1-2', 400],
    ['order', ['1-0-0-0'], /unknown order 1-0-0-0/, 'orders/1-0-0-0', 404],
    ['fills', ['0x12'], /owner: "0x12" is no address/, 'accounts/0x12/fills', 400],
    ['trades', [{ market: 1, depth: 3 }], /depth: no such parameter; there are: market, from, limit/, 'markets/1/trades?depth=3', 400],
  ];
  for (const [method, params, words, path, status] of table) {
    const { error } = await chain.rpc.raw(`exchange_${method}`, params);
    assert.match(error.message, words);
    assert.equal(error.code, status === 404 ? -32000 : -32602);
    const answer = await rest(chain, path);
    assert.deepEqual([answer.status, answer.body.error], [status, { code: error.code, message: error.message }], path);
    assert.equal(answer.type, 'application/json');
  }
  assert.equal((await rest(chain, 'nothing/here')).status, 404);
});
