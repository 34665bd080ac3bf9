// Uniswap V3 core 1.0.1 and periphery 1.4.4, deployed unchanged; every amount checked against @uniswap/v3-sdk to the wei.
// Proves: pool addresses, minted positions, swaps within and across ticks, quotes, fees collected.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { Contract, MaxUint256, parseEther } from 'ethers';
import { own, packaged } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { countingWallet, deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID } from '../../lib/target.mjs';

const require = createRequire(import.meta.url);
const { CurrencyAmount, Token } = require('@uniswap/sdk-core');
const { computePoolAddress, encodeSqrtRatioX96, Pool, Position, TickListDataProvider } = require('@uniswap/v3-sdk');

const chain = await startChain();
after(() => chain.stop());
const signer = countingWallet(0, providerOf(chain));
const me = devWallet(0).address;
const [FEE, SPACING, LATE] = [3000, 60, 2n ** 40n];
const gas = { gasLimit: 6_000_000n };
const core = (name) => packaged(`@uniswap/v3-core/artifacts/contracts/${name}.sol/${name}.json`);
const edge = (name, dir = '') => packaged(`@uniswap/v3-periphery/artifacts/contracts/${dir}${name}.sol/${name}.json`);
const weth = await deploy(packaged('canonical-weth/build/contracts/WETH9.json'), signer);
const factory = await deploy(core('UniswapV3Factory'), signer);
const places = [factory.target, weth.target];
const manager = await deploy(edge('NonfungiblePositionManager'), signer, ...places, me);
const router = await deploy(edge('SwapRouter'), signer, ...places);
const quoter = await deploy(edge('QuoterV2', 'lens/'), signer, ...places);
let coins = [];
for (const symbol of ['AAA', 'BBB']) coins.push(await deploy(own('oz/Tokens', 'Token'), signer, symbol, symbol, parseEther('100000000')));
coins = coins.sort((x, y) => (BigInt(x.target) < BigInt(y.target) ? -1 : 1));
for (const c of coins) for (const spender of [manager, router]) await mined(c.approve(spender.target, MaxUint256));
const [t0, t1] = coins.map((c) => new Token(CHAIN_ID, c.target, 18));
const START = encodeSqrtRatioX96(3, 2);
await mined(manager.createAndInitializePoolIfNecessary(t0.address, t1.address, FEE, START.toString(), gas));
const pool = new Contract(computePoolAddress({ factoryAddress: factory.target, tokenA: t0, tokenB: t1, fee: FEE }), core('UniswapV3Pool').abi, signer);
const amount = (token, n) => CurrencyAmount.fromRawAmount(token, n.toString());
const wei = (currency) => BigInt(currency.quotient.toString());
const ranges = [];

/** The SDK's picture of the pool: price, liquidity and every initialised tick, from the chain. */
async function picture() {
  const [slot0, liquidity] = await Promise.all([pool.slot0(), pool.liquidity()]);
  const indices = [...new Set(ranges.flat())].sort((x, y) => x - y);
  const ticks = await Promise.all(indices.map(async (index) => {
    const { liquidityGross, liquidityNet } = await pool.ticks(index);
    return { index, liquidityGross: liquidityGross.toString(), liquidityNet: liquidityNet.toString() };
  }));
  return new Pool(t0, t1, FEE, slot0.sqrtPriceX96.toString(), liquidity.toString(), Number(slot0.tick), new TickListDataProvider(ticks, SPACING));
}

async function balances() { return Promise.all(coins.map((c) => c.balanceOf(me))); }

const positions = [['wide', 60, 10_000n], ['narrow', 4, 90_000n], ['to one side', 10, 50_000n]];
for (const [name, width, size] of positions) {
  test(`a ${name} position takes the amounts that the SDK says`, async () => {
    const now = await picture();
    const middle = Math.round(now.tickCurrent / SPACING) * SPACING;
    const [low, high] = name === 'to one side' ? [middle + SPACING * width, middle + SPACING * 2 * width] : [middle - SPACING * width, middle + SPACING * width];
    const given = { amount0: parseEther(String(size)).toString(), amount1: parseEther(String(size)).toString() };
    const position = Position.fromAmounts({ pool: now, tickLower: low, tickUpper: high, ...given, useFullPrecision: false });
    const before = await balances();
    await mined(manager.mint({ token0: t0.address, token1: t1.address, fee: FEE, tickLower: low, tickUpper: high, amount0Desired: given.amount0,
      amount1Desired: given.amount1, amount0Min: 0, amount1Min: 0, recipient: me, deadline: LATE }, gas));
    ranges.push([low, high]);
    const after_ = await balances();
    const { amount0, amount1 } = position.mintAmounts;
    assert.deepEqual([before[0] - after_[0], before[1] - after_[1]], [BigInt(amount0.toString()), BigInt(amount1.toString())]);
    assert.equal((await manager.positions(ranges.length)).liquidity, BigInt(position.liquidity.toString()));
  });
}

const swaps = [['tiny', 0, 10n], ['ordinary', 1, parseEther('123.456')], ['across ticks up', 1, parseEther('150000')], ['across ticks down', 0, parseEther('120000')]];
for (const [name, from, size] of swaps) {
  test(`a swap (${name}) gives what the SDK says, and leaves the price it says`, async () => {
    const [tin, tout] = from === 0 ? [t0, t1] : [t1, t0];
    const [out, next] = await (await picture()).getOutputAmount(amount(tin, size));
    const order = { tokenIn: tin.address, tokenOut: tout.address, fee: FEE, sqrtPriceLimitX96: 0 };
    const quote = await quoter.quoteExactInputSingle.staticCall({ ...order, amountIn: size });
    const [before, liquidity] = [await balances(), await pool.liquidity()];
    await mined(router.exactInputSingle({ ...order, recipient: me, deadline: LATE, amountIn: size, amountOutMinimum: 0 }, gas));
    const now = await balances();
    assert.equal(now[1 - from] - before[1 - from], wei(out));
    assert.equal(before[from] - now[from], size);
    assert.equal(quote.amountOut, wei(out));
    const slot0 = await pool.slot0();
    assert.equal(slot0.sqrtPriceX96, BigInt(next.sqrtRatioX96.toString()));
    assert.equal(Number(slot0.tick), next.tickCurrent);
    assert.equal(await pool.liquidity(), BigInt(next.liquidity.toString()));
    assert.equal(name.startsWith('across'), BigInt(next.liquidity.toString()) !== liquidity, 'crosses ticks when it says so');
  });
}

test('an exact output takes the input that the SDK says', async () => {
  const wanted = parseEther('77.7');
  const [input] = await (await picture()).getInputAmount(amount(t1, wanted));
  const before = await balances();
  await mined(router.exactOutputSingle({ tokenIn: t0.address, tokenOut: t1.address, fee: FEE, recipient: me, deadline: LATE, amountOut: wanted,
    amountInMaximum: MaxUint256, sqrtPriceLimitX96: 0 }, gas));
  const now = await balances();
  assert.deepEqual([before[0] - now[0], now[1] - before[1]], [wei(input), wanted]);
});

test('positions collect their fees and close without dust beyond rounding', async () => {
  for (let n = 1; n <= ranges.length; n++) {
    const { liquidity } = await manager.positions(n);
    await mined(manager.decreaseLiquidity({ tokenId: n, liquidity, amount0Min: 0, amount1Min: 0, deadline: LATE }, gas));
    await mined(manager.collect({ tokenId: n, recipient: me, amount0Max: 2n ** 128n - 1n, amount1Max: 2n ** 128n - 1n }, gas));
    await mined(manager.burn(n, gas));
  }
  const dust = await Promise.all(coins.map((c) => c.balanceOf(pool.target)));
  assert.ok(dust.every((d) => d < 100n), `left ${dust}`);
  assert.equal(await pool.liquidity(), 0n);
});
