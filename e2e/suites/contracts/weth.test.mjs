// canonical-weth 1.4.0, byte for byte: the oldest contract everybody still uses.
// Proves: payable fallback, deposit, withdrawal by transfer with its 2,300 gas stipend, conservation of the coin.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseEther } from 'ethers';
import { own, packaged } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { countingWallet, deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const signer = countingWallet(0, provider);
const alice = devWallet(0).address;
const weth = await deploy(packaged('canonical-weth/build/contracts/WETH9.json'), signer);
const at = await weth.getAddress();

test('coins become tokens by deposit and by plain transfer', async () => {
  await mined(weth.deposit({ value: parseEther('2') }));
  await mined(signer.sendTransaction({ to: at, value: parseEther('1') }));
  assert.equal(await weth.balanceOf(alice), parseEther('3'));
  assert.equal(await weth.totalSupply(), await provider.getBalance(at));
});

test('withdrawal gives the coins back to the wei', async () => {
  const before = await provider.getBalance(alice);
  const { fee } = await mined(weth.withdraw(parseEther('1.5')));
  assert.equal(await provider.getBalance(alice) - before, parseEther('1.5') - fee);
  assert.equal(await provider.getBalance(at), parseEther('1.5'));
});

test('more than one holds cannot be withdrawn', async () => {
  await assert.rejects(weth.withdraw.staticCall(parseEther('100')), (e) => e.code === 'CALL_EXCEPTION');
});

test('the 2,300 gas of transfer() are enough for a log and no more', async () => {
  const probe = await deploy(own('Probe'), signer, 0);
  const probeAt = await probe.getAddress();
  await mined(weth.transfer(probeAt, 10n));
  await mined(probe.callInto(at, weth.interface.encodeFunctionData('withdraw', [10n]), { gasLimit: 200_000n }));
  assert.equal(await provider.getBalance(probeAt), 10n);
  assert.equal(await weth.balanceOf(probeAt), 0n);
});
