// Two DEXes on one book, as a newcomer would write them (examples/dex), driven by ethers.
// Proves: Red's seller meets Blue's buyer, each venue earns its fee, customers keep custody, an ERC-20 pair trades, and the
// published files are what the sources compile to.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Wallet, parseEther } from 'ethers';
import { startChain } from '../../lib/chain.mjs';
import { deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { BUY, EXCHANGE, SEI, SELL, TOKEN, bankOf, exchangeOf, fund, listToken, order, settlement, settlementHash } from '../../lib/exchange.mjs';
import { compiled, published } from '../../lib/published.mjs';
import { REPO_DIR, onAnvil, seizaOnly } from '../../lib/target.mjs';

const only = seizaOnly('the exchange');
const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const [owner, seller, buyer] = [0, 1, 2].map((index) => devWallet(index, provider));
const [redEarns, blueEarns] = [Wallet.createRandom().address, Wallet.createRandom().address];
const world = onAnvil ? {} : await setUp();
const { token, denom, market, red, blue, bank } = world;
const [PRICE, AMOUNT] = [2n * SEI, 10n * TOKEN];

async function setUp() {
  const dexes = compiled('examples/dex/RedDex.sol', 'examples/dex/BlueDex.sol');
  const red = await deploy(dexes.RedDex, owner, 20, redEarns);
  const blue = await deploy(dexes.BlueDex, owner, 50, blueEarns, { value: parseEther('5') });
  const listed = await listToken(owner);
  await fund(listed.token, owner, seller, 100n * TOKEN);
  await mined(exchangeOf(seller).approveOperator(red.target, true));
  await mined(exchangeOf(buyer).approveOperator(blue.target, true));
  return { ...listed, red, blue, bank: bankOf(provider) };
}

test('published ABIs and code are those of the sources', () => {
  for (const [path, text] of published()) assert.equal(readFileSync(join(REPO_DIR, path), 'utf8'), text, path);
});

test('Red\'s seller meets Blue\'s buyer, and each venue earns its fee', only, async () => {
  const before = await provider.getBalance(seller.address);
  const placed = await mined(red.connect(seller).sell(market, PRICE, AMOUNT));
  const resting = exchangeOf(provider).interface.parseLog(placed.logs.find((log) => log.address === EXCHANGE));
  assert.deepEqual([resting.name, resting.args.owner, resting.args.venue], ['OrderPlaced', seller.address, await red.venue()]);
  const open = await exchangeOf(provider).order(resting.args.orderId);
  assert.deepEqual([open.owner, open.order.quantity, open.order.side], [seller.address, AMOUNT, BigInt(SELL)]);
  assert.deepEqual([...(await exchangeOf(provider).depth(market, SELL, 5))[0]], [PRICE, AMOUNT, 1n]);

  const bought = await mined(blue.connect(buyer).trade([order({ market, side: BUY, price: PRICE, quantity: AMOUNT })]));
  const { events } = await settlement(provider, bought.blockNumber);
  const cleared = events.find((event) => event.name === 'MarketCleared');
  assert.deepEqual([...cleared.args], [BigInt(market), PRICE, AMOUNT, 20n * SEI]);
  const fills = events.filter((event) => event.name === 'OrderFilled').map((event) => event.args);
  assert.deepEqual(fills.map((fill) => [fill.owner, fill.venue, fill.maker]),
    [[buyer.address, await blue.venue(), false], [seller.address, await red.venue(), true]]);

  // Red takes 0.2 % of the seller's SEI, Blue 0.5 % of the buyer's tokens; the exchange 0.02 % and 0.05 %.
  assert.equal(await provider.getBalance(redEarns), parseEther('0.04'));
  assert.equal(await bank.balance(blueEarns, denom), AMOUNT * 50n / 10_000n);
  assert.equal(await bank.balance(buyer.address, denom), AMOUNT - AMOUNT * 50n / 10_000n - AMOUNT * 500n / 1_000_000n);
  const received = await provider.getBalance(seller.address) - before + placed.fee;
  assert.equal(received, parseEther('20') - parseEther('0.04') - parseEther('0.004'));
  assert.equal(await exchangeOf(provider).lastPrice(market), PRICE);
});

test('Blue is told of the fills of its customers, pays for that, and gives points', only, async () => {
  assert.equal(await blue.points(buyer.address, market), AMOUNT);
  assert.equal(await blue.points(seller.address, market), 0n, 'Red\'s customer');
  const left = await provider.getBalance(blue.target);
  assert.ok(left < parseEther('5') && left > parseEther('4.9'), `paid for its gas: ${left}`);
  await assert.rejects(blue.connect(owner).onSettlement.staticCall(1, market, []), /only the exchange settles/);
});

test('bought tokens leave as ERC-20', only, async () => {
  const owned = await bank.balance(buyer.address, denom);
  await mined(exchangeOf(buyer).withdraw(token.target, owned));
  assert.equal(await token.balanceOf(buyer.address), owned);
  assert.equal(await bank.balance(buyer.address, denom), 0n);
  assert.equal(await token.balanceOf(EXCHANGE), await bank.supply(denom), 'what is wrapped lies in custody');
});

test('customers cancel without their DEX, and a DEX that was dismissed places nothing', only, async () => {
  const placed = await mined(red.connect(seller).sell(market, 3n * SEI, AMOUNT));
  const { orderId } = exchangeOf(provider).interface.parseLog(placed.logs[0]).args;
  const before = await bank.balance(seller.address, denom);
  await mined(exchangeOf(seller).cancelOrders(market, [{ orderId, clientId: 0 }]));
  assert.equal(await bank.balance(seller.address, denom), before + AMOUNT);
  await mined(exchangeOf(seller).approveOperator(red.target, false));
  await assert.rejects(red.connect(seller).sell.staticCall(market, 3n * SEI, AMOUNT), /is no operator of/);
  await mined(exchangeOf(seller).approveOperator(red.target, true));
});

test('a refused order shows the exchange\'s own error through the DEX', only, async () => {
  const errors = exchangeOf(provider).interface;
  const table = [[3n * SEI + 1n, AMOUNT, 'OffTick'], [3n * SEI, 7n, 'OffLot'], [3n * SEI, 10n ** 9n * TOKEN, 'InsufficientFunds'], [0n, AMOUNT, 'ZeroPrice']];
  for (const [price, quantity, name] of table) {
    await assert.rejects(red.connect(seller).sell.staticCall(market, price, quantity),
      (error) => errors.parseError(error.data)?.name === name, name);
  }
  const results = await exchangeOf(seller).placeOrders.staticCall([order({ market: 99, side: SELL, price: SEI, quantity: TOKEN }),
    order({ market, side: SELL, price: 5n * SEI, quantity: TOKEN })]);
  assert.equal(errors.parseError(results[0].refusal).name, 'UnknownMarket');
  assert.ok(results[1].code === 0n && results[1].orderId > 0n, 'the other order stands');
});

test('a settlement is found by its hash, by filters and by the block\'s bloom', only, async () => {
  const { blockNumber } = await mined(blue.connect(buyer).trade([order({ market, side: BUY, price: SEI, quantity: AMOUNT, kind: 2 })]));
  const { receipt, events } = await settlement(provider, blockNumber);
  assert.deepEqual(events.map((event) => event.name), ['OrderEnded']);
  assert.deepEqual([receipt.hash, receipt.from, receipt.to, receipt.status, receipt.gasUsed], [settlementHash(blockNumber), EXCHANGE, EXCHANGE, 1, 0n]);
  const topics = await exchangeOf(provider).filters.OrderEnded(buyer.address).getTopicFilter();
  const logs = await provider.getLogs({ address: EXCHANGE, topics, fromBlock: 1, toBlock: 'latest' });
  assert.ok(logs.some((log) => log.transactionHash === receipt.hash && log.index === receipt.logs[0].index));
  const block = await provider.getBlock(blockNumber);
  assert.ok(!block.transactions.includes(receipt.hash), 'in no list of transactions');
  const transaction = await provider.getTransaction(receipt.hash);
  assert.deepEqual([transaction.from, transaction.to, transaction.blockNumber], [EXCHANGE, EXCHANGE, blockNumber]);
  assert.equal(await provider.getTransactionReceipt(settlementHash(blockNumber + 1_000_000)), null);
});
