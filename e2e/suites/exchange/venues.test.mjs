// Venues whose contracts misbehave, and contracts that place orders of their own.
// Proves: a call-back that reverts, loops, re-enters or cannot pay hurts only itself; a revert takes orders back.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Contract, parseEther } from 'ethers';
import { startChain } from '../../lib/chain.mjs';
import { deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { BUY, SEI, SELL, TOKEN, exchangeOf, fund, listToken, order, settlement } from '../../lib/exchange.mjs';
import { compiled } from '../../lib/published.mjs';
import { onAnvil, seizaOnly } from '../../lib/target.mjs';

const only = seizaOnly('the exchange');
const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const [owner, seller, buyer] = [0, 1, 2].map((index) => devWallet(index, provider));
const NAMES = ['Counting', 'Reverting', 'Looping', 'ReEntering'];
const { token, market, venues, poor, fickle } = onAnvil ? {} : await setUp();
const PRICE = 2n * SEI;

async function setUp() {
  const code = compiled('e2e/contracts/BadVenues.sol');
  const venues = {};
  for (const name of NAMES) venues[name] = await deploy(code[name], owner, { value: parseEther('1') });
  const poor = await deploy(code.Counting, owner);
  const fickle = await deploy(code.Fickle, owner);
  const listed = await listToken(owner);
  await fund(listed.token, owner, seller, 1_000n * TOKEN);
  await mined(seller.sendTransaction({ to: fickle.target, value: parseEther('100') }));
  return { ...listed, venues, poor, fickle };
}

/** One sale through each venue, all met by one buyer; gives the settlement. */
async function tradeThroughAll() {
  const all = [...Object.values(venues), poor];
  const sales = [];
  for (const venue of all) sales.push(order({ market, venue: await venue.venue(), side: SELL, price: PRICE, quantity: TOKEN }));
  await mined(exchangeOf(seller).placeOrders(sales));
  const quantity = BigInt(all.length) * TOKEN;
  const { blockNumber } = await mined(exchangeOf(buyer).placeOrders([order({ market, side: BUY, price: PRICE, quantity })]));
  return settlement(provider, blockNumber);
}

test('each call-back stands or falls alone, in the order of the venues', only, async () => {
  const { receipt, events } = await tradeThroughAll();
  const called = events.filter((event) => event.name === 'VenueCalled').map(({ args }) => [Number(args.venue), args.ok]);
  const id = async (venue) => Number(await venue.venue());
  assert.deepEqual(called, [[await id(venues.Counting), true], [await id(venues.Reverting), false],
    [await id(venues.Looping), false], [await id(venues.ReEntering), true], [await id(poor), false]]);
  assert.equal(events.filter((event) => event.name === 'OrderFilled').length, 6, 'all were filled');
  const told = receipt.logs.filter((log) => log.address === venues.Counting.target);
  assert.equal(told.length, 1, 'what a call-back logs is in the settlement');
});

test('what a failed call-back did is undone, but for its gas', only, async () => {
  const told = {};
  for (const name of NAMES) told[name] = await venues[name].told();
  assert.deepEqual(told, { Counting: 1n, Reverting: 0n, Looping: 0n, ReEntering: 1n });
  assert.equal(await poor.told(), 0n);
  const paid = {};
  for (const name of NAMES) paid[name] = parseEther('1') - await provider.getBalance(venues[name].target);
  assert.ok(NAMES.every((name) => paid[name] > 0n), 'each paid for its gas');
  assert.ok(paid.Looping > paid.Counting && paid.Counting > 0n, 'the one that looped paid for its whole limit');
});

test('a call-back cannot trade', only, async () => {
  assert.equal(await venues.ReEntering.answer(), 'the exchange takes nothing during a call-back');
  assert.equal((await exchangeOf(provider).openOrders(venues.ReEntering.target, 0, 0, 10)).length, 0);
});

test('a reverted frame takes its orders with it', only, async () => {
  const bid = order({ market, side: BUY, price: SEI, quantity: TOKEN });
  const balance = () => provider.getBalance(fickle.target);
  const before = await balance();
  await mined(fickle.placeAndCatch([bid], { gasLimit: 3_000_000n }));
  assert.equal(await fickle.caught(), true);
  const failed = await fickle.placeAndRevert([bid], { gasLimit: 3_000_000n });
  await assert.rejects(failed.wait());
  assert.equal(await balance(), before);
  assert.equal((await exchangeOf(provider).openOrders(fickle.target, 0, 0, 10)).length, 0);
});

test('a contract owns the orders it places, each call under names of its own', only, async () => {
  const bid = order({ market, side: BUY, price: SEI, quantity: TOKEN });
  await mined(fickle.placeTwice([bid], { gasLimit: 3_000_000n }));
  const open = await exchangeOf(provider).openOrders(fickle.target, market, 0, 10);
  assert.equal(open.length, 2);
  assert.equal(open[1].orderId - open[0].orderId, 1n << 16n, 'the second call is the next message');
  assert.ok(open.every((found) => found.owner === fickle.target && found.order.price === SEI));
});

test('nobody but the exchange credits tokens', only, async () => {
  const ledger = new Contract(exchangeOf(owner).target, ['function creditWrapped(address, address, uint256)'], owner);
  await assert.rejects(ledger.creditWrapped.staticCall(token.target, owner.address, 1n), /unknown function selector/);
});
