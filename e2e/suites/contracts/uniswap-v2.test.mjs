// Uniswap V2 core 1.0.1 and router 02, deployed unchanged; every amount checked against @uniswap/v2-sdk to the wei.
// Proves: pair addresses, liquidity minted and burnt, swaps in both directions, two-hop routes, native coin routes.
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
const { computePairAddress, Pair } = require('@uniswap/v2-sdk');

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const signer = countingWallet(0, provider);
const me = devWallet(0).address;
const LATE = 2n ** 40n;
const gas = { gasLimit: 5_000_000n };
const weth = await deploy(packaged('canonical-weth/build/contracts/WETH9.json'), signer);
const factory = await deploy(packaged('@uniswap/v2-core/build/UniswapV2Factory.json'), signer, me);
const router = await deploy(packaged('@uniswap/v2-periphery/build/UniswapV2Router02.json'), signer, await factory.getAddress(), await weth.getAddress());
const coins = [];
for (const symbol of ['AAA', 'BBB']) coins.push(await deploy(own('oz/Tokens', 'Token'), signer, symbol, symbol, parseEther('1000000')));
for (const c of coins) await mined(c.approve(await router.getAddress(), MaxUint256));
const sdkToken = async (c) => new Token(CHAIN_ID, await c.getAddress(), 18);
const [a, b, w] = await Promise.all([...coins, weth].map(sdkToken));
const amount = (token, n) => CurrencyAmount.fromRawAmount(token, n.toString());
const wei = (currency) => BigInt(currency.quotient.toString());
const pairAbi = packaged('@uniswap/v2-core/build/UniswapV2Pair.json').abi;
const pairOf = (x, y) => new Contract(computePairAddress({ factoryAddress: factory.target, tokenA: x, tokenB: y }), pairAbi, signer);

/** The SDK's picture of a pair, from the chain's reserves. */
async function picture(x, y) {
  const [r0, r1] = await pairOf(x, y).getReserves();
  return x.sortsBefore(y) ? new Pair(amount(x, r0), amount(y, r1)) : new Pair(amount(x, r1), amount(y, r0));
}

test('the first liquidity makes the pair at its computed address', async () => {
  const [inA, inB] = [parseEther('1000.000000000000000123'), parseEther('3333.3')];
  await mined(router.addLiquidity(a.address, b.address, inA, inB, 0, 0, me, LATE, gas));
  assert.equal(await factory.getPair(a.address, b.address), pairOf(a, b).target);
  const sqrt = (n) => { let x = n; for (let y = (x + 1n) / 2n; y < x; y = (x + n / x) / 2n) x = y; return x; };
  assert.equal(await pairOf(a, b).balanceOf(me), sqrt(inA * inB) - 1000n);
  await mined(router.addLiquidityETH(b.address, parseEther('500'), 0, 0, me, LATE, { ...gas, value: parseEther('20') }));
  assert.equal(await pairOf(b, w).totalSupply(), sqrt(parseEther('500') * parseEther('20')));
});

test('more liquidity mints what the SDK says', async () => {
  const pair = await picture(a, b);
  const [supply, held] = [await pairOf(a, b).totalSupply(), await pairOf(a, b).balanceOf(me)];
  const inA = parseEther('10.7');
  const inB = inA * wei(pair.reserveOf(b)) / wei(pair.reserveOf(a));
  const expected = wei(pair.getLiquidityMinted(amount(pair.liquidityToken, supply), amount(a, inA), amount(b, inB)));
  await mined(router.addLiquidity(a.address, b.address, inA, parseEther('1000'), 0, 0, me, LATE, gas));
  assert.equal(await pairOf(a, b).balanceOf(me) - held, expected);
});

for (const [name, size] of [['a tiny', 1_000n], ['an ordinary', parseEther('7.123456789')], ['a huge', parseEther('5000')]]) {
  test(`${name} swap gives what the SDK says, to the wei`, async () => {
    const [out, next] = (await picture(a, b)).getOutputAmount(amount(a, size));
    const before = await coins[1].balanceOf(me);
    await mined(router.swapExactTokensForTokens(size, 0, [a.address, b.address], me, LATE, gas));
    assert.equal(await coins[1].balanceOf(me) - before, wei(out));
    const now = await picture(a, b);
    assert.deepEqual([wei(now.reserveOf(a)), wei(now.reserveOf(b))], [wei(next.reserveOf(a)), wei(next.reserveOf(b))]);
  });
}

test('an exact output takes the input that the SDK says', async () => {
  const wanted = parseEther('3.3');
  const [input] = (await picture(a, b)).getInputAmount(amount(a, wanted));
  const [beforeA, beforeB] = await Promise.all(coins.map((c) => c.balanceOf(me)));
  await mined(router.swapTokensForExactTokens(wanted, MaxUint256, [b.address, a.address], me, LATE, gas));
  assert.equal(await coins[0].balanceOf(me) - beforeA, wanted);
  assert.equal(beforeB - await coins[1].balanceOf(me), wei(input));
});

test('two hops from the native coin end where the SDK says', async () => {
  const [middle] = (await picture(w, b)).getOutputAmount(amount(w, parseEther('1')));
  const [out] = (await picture(b, a)).getOutputAmount(middle);
  const before = await coins[0].balanceOf(me);
  await mined(router.swapExactETHForTokens(0, [w.address, b.address, a.address], me, LATE, { ...gas, value: parseEther('1') }));
  assert.equal(await coins[0].balanceOf(me) - before, wei(out));
});

test('burnt liquidity pays both sides as the SDK says, and too little out is refused', async () => {
  const pool = pairOf(a, b);
  const [pair, supply, share] = [await picture(a, b), await pool.totalSupply(), (await pool.balanceOf(me)) / 3n];
  const value = (t) => wei(pair.getLiquidityValue(t, amount(pair.liquidityToken, supply), amount(pair.liquidityToken, share)));
  const [beforeA, beforeB] = await Promise.all(coins.map((c) => c.balanceOf(me)));
  await mined(pool.approve(router.target, MaxUint256));
  await mined(router.removeLiquidity(a.address, b.address, share, 0, 0, me, LATE, gas));
  assert.equal(await coins[0].balanceOf(me) - beforeA, value(a));
  assert.equal(await coins[1].balanceOf(me) - beforeB, value(b));
  await assert.rejects(router.swapExactTokensForTokens.staticCall(1000n, MaxUint256, [a.address, b.address], me, LATE),
    (e) => e.reason === 'UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT');
  await assert.rejects(router.swapExactTokensForTokens.staticCall(1000n, 0, [a.address, b.address], me, 1), (e) => /EXPIRED/.test(e.reason));
});
