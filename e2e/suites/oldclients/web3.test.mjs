// web3.js 4.16 and 1.10: both generations of the first Ethereum client.
// Proves: send, deploy, call, events, subscriptions and revert reasons through web3's own formatters.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { devWallet } from '../../lib/ethers.mjs';
import { CHAIN_ID } from '../../lib/target.mjs';
import { eventually } from '../../lib/wait.mjs';

const require = createRequire(import.meta.url);
const chain = await startChain();
after(() => chain.stop());
const { abi, bytecode } = own('Probe');
const generations = [['4.16', require('web3').Web3, 1], ['1.10', require('web3-1'), 2]];

for (const [version, Web3, index] of generations) {
  const web3 = new Web3(chain.http);
  const { privateKey } = devWallet(index);
  const from = web3.eth.accounts.wallet.add(privateKey);
  const sender = (from[0] ?? from).address;
  let probe;

  test(`web3 ${version}: identity, balance and a transfer`, async () => {
    assert.equal(Number(await web3.eth.getChainId()), CHAIN_ID);
    assert.equal(Number(await web3.eth.net.getId()), CHAIN_ID);
    assert.equal(await web3.eth.net.isListening(), true);
    const receipt = await web3.eth.sendTransaction({ from: sender, to: devWallet(9).address, value: '5', gas: 21_000 });
    assert.equal(Number(receipt.gasUsed), 21_000);
    assert.ok(BigInt(await web3.eth.getBalance(sender)) < 10n ** 22n);
    const block = await web3.eth.getBlock(receipt.blockNumber, true);
    assert.equal(block.transactions[0].hash, receipt.transactionHash);
  });

  test(`web3 ${version}: deploy, call, send, events`, async () => {
    probe = await new web3.eth.Contract(abi).deploy({ data: bytecode, arguments: ['3'] }).send({ from: sender, gas: 2_000_000 });
    assert.equal(BigInt(await probe.methods.value().call()), 3n);
    const gas = await probe.methods.store('42').estimateGas({ from: sender });
    const receipt = await probe.methods.store('42').send({ from: sender, gas: String(BigInt(gas) * 13n / 10n) });
    assert.equal(BigInt(receipt.events.Stored.returnValues.value), 42n);
    const past = await probe.getPastEvents('Stored', { fromBlock: 0, toBlock: 'latest' });
    assert.equal(past.length, 1);
    await assert.rejects(probe.methods.sayNo('not today').call(), (e) => /not today|revert/.test(`${e.message} ${e.cause?.message} ${e.innerError?.message}`));
  });

  test(`web3 ${version}: subscriptions over WebSocket`, async () => {
    const socket = new Web3(chain.ws);
    const heads = [];
    const subscription = await socket.eth.subscribe('newBlockHeaders');
    subscription.on('data', (head) => heads.push(Number(head.number)));
    await eventually('two heads', () => heads.length >= 2);
    assert.equal(heads[1], heads[0] + 1);
    await subscription.unsubscribe();
    socket.currentProvider.disconnect(1000, 'done');
  });
}
