// ethers 5.8: the library that most deployed dapps still carry.
// Proves: network detection, deployment, calls, events, fee data, revert reasons and WebSocket for an old generation.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { CHAIN_ID, MNEMONIC } from '../../lib/target.mjs';
import { eventually } from '../../lib/wait.mjs';

const { ethers } = createRequire(import.meta.url)('ethers5');
const chain = await startChain();
after(() => chain.stop());
const provider = new ethers.providers.JsonRpcProvider(chain.http);
provider.pollingInterval = 100;
const wallet = ethers.Wallet.fromMnemonic(MNEMONIC).connect(provider);
const artefact = own('Probe');
const probe = await (await new ethers.ContractFactory(artefact.abi, artefact.bytecode, wallet).deploy(1)).deployed();

test('the network and its fees are detected', async () => {
  assert.equal((await provider.getNetwork()).chainId, CHAIN_ID);
  const { maxFeePerGas, gasPrice } = await provider.getFeeData();
  assert.ok(maxFeePerGas.gt(0) && gasPrice.gt(0));
});

test('a legacy and a 1559 transaction are mined', async () => {
  for (const fields of [{ type: 0, gasPrice: ethers.utils.parseUnits('20', 'gwei') }, { type: 2 }]) {
    const receipt = await (await wallet.sendTransaction({ to: wallet.address, value: 1, ...fields })).wait();
    assert.deepEqual([receipt.status, receipt.type, receipt.gasUsed.toNumber()], [1, fields.type, 21_000]);
  }
});

test('a contract is called, its events are decoded and its reverts explained', async () => {
  const receipt = await (await probe.store(42)).wait();
  assert.equal(receipt.events[0].args.value.toNumber(), 42);
  assert.equal((await probe.value()).toNumber(), 42);
  await assert.rejects(probe.callStatic.sayNo('not today'), (e) => e.reason === 'not today');
  await assert.rejects(probe.estimateGas.sayNo('not today'), (e) => e.code === 'UNPREDICTABLE_GAS_LIMIT');
  const found = await probe.queryFilter(probe.filters.Stored(), receipt.blockNumber);
  assert.equal(found.length, 1);
});

test('blocks arrive over WebSocket', async () => {
  const socket = new ethers.providers.WebSocketProvider(chain.ws);
  const blocks = [];
  socket.on('block', (n) => blocks.push(n));
  await eventually('two blocks', () => blocks.length >= 2);
  await socket.destroy();
});
