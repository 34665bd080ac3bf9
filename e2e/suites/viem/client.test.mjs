// viem: the everyday client flow, decoded errors, watchers over HTTP and WebSocket, and set-code accounts.
// Proves: simulateContract, writeContract, estimateFeesPerGas, events, watchers, 7702 with self-sponsoring.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ContractFunctionRevertedError, encodeFunctionData, parseEther, parseGwei } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { eventually } from '../../lib/wait.mjs';
import { account, viemOn } from '../../lib/viem.mjs';

const chain = await startChain();
after(() => chain.stop());
const { publicClient, socketClient, walletOf } = viemOn(chain);
const wallet = walletOf(0);
const mined = async (hash) => publicClient.waitForTransactionReceipt({ hash: await hash });
const probe = own('Probe');
const { contractAddress: address } = await mined(wallet.deployContract({ ...probe, args: [1n] }));
const at = { address, abi: probe.abi };

test('simulate, write and read a contract', async () => {
  const { request, result } = await publicClient.simulateContract({ ...at, functionName: 'makeChild', account: account(0) });
  const receipt = await mined(wallet.writeContract(request));
  assert.equal(receipt.status, 'success');
  assert.ok((await publicClient.getCode({ address: result })).length > 2, 'the simulated address is the real one');
});

test('reverts come decoded: custom errors with arguments, reasons, panics', async () => {
  const refused = (functionName, args) => publicClient.simulateContract({ ...at, functionName, args }).then(
    () => assert.fail('did not revert'), (e) => e.walk((x) => x instanceof ContractFunctionRevertedError));
  assert.deepEqual((await refused('wantMore', [9n])).data.args, [0n, 9n]);
  assert.equal((await refused('sayNo', ['not today'])).reason, 'not today');
  assert.match((await refused('divide', [1n, 0n])).message, /zero/i);
});

test('fees are estimated and a prepared transaction is what was prepared', async () => {
  const { maxFeePerGas, maxPriorityFeePerGas } = await publicClient.estimateFeesPerGas();
  assert.ok(maxFeePerGas >= maxPriorityFeePerGas);
  const request = await wallet.prepareTransactionRequest({ to: account(1).address, value: 3n });
  assert.equal(request.gas, 21_000n);
  const hash = await wallet.sendRawTransaction({ serializedTransaction: await wallet.signTransaction(request) });
  assert.equal((await mined(hash)).effectiveGasPrice <= request.maxFeePerGas, true);
  assert.equal((await publicClient.getTransaction({ hash })).nonce, request.nonce);
});

test('events are found by name and arguments', async () => {
  const { blockNumber } = await mined(wallet.writeContract({ ...at, functionName: 'storeMany', args: [0n, 4n] }));
  const found = await publicClient.getContractEvents({ ...at, eventName: 'Stored', args: { slot: 2n }, fromBlock: blockNumber });
  assert.deepEqual(found.map((l) => l.args.value), [3n]);
});

for (const [road, make] of [['HTTP', () => publicClient], ['WebSocket', socketClient]]) {
  test(`watchers over ${road}: blocks, events and pending transactions`, async () => {
    const client = make();
    const [blocks, notes, pending] = [[], [], []];
    const stops = [
      client.watchBlocks({ onBlock: (b) => blocks.push(b.number) }),
      client.watchContractEvent({ ...at, eventName: 'Note', onLogs: (logs) => notes.push(...logs.map((l) => l.args.value)) }),
      client.watchPendingTransactions({ onTransactions: (hashes) => pending.push(...hashes) }),
    ];
    await eventually('a block', () => blocks.length > 0);
    await new Promise((r) => setTimeout(r, 500));
    const { transactionHash } = await mined(wallet.writeContract({ ...at, functionName: 'notes', args: [3n] }));
    await eventually('three events', () => notes.length >= 3);
    await eventually('the pending hash', () => pending.includes(transactionHash));
    await eventually('more blocks', () => blocks.length > 2);
    for (const stop of stops) stop();
    assert.deepEqual(notes, [0n, 1n, 2n]);
    if (client !== publicClient) (await client.transport.getRpcClient()).close();
  });
}

test('a new account delegates itself and runs code in its own name (7702)', async () => {
  const key = generatePrivateKey();
  const self = privateKeyToAccount(key);
  await mined(wallet.sendTransaction({ to: self.address, value: parseEther('1') }));
  const authorization = await wallet.signAuthorization({ account: self, contractAddress: address, executor: 'self' });
  const data = encodeFunctionData({ ...probe, functionName: 'store', args: [99n] });
  const receipt = await mined(wallet.sendTransaction({ account: self, to: self.address, data, authorizationList: [authorization] }));
  assert.equal(receipt.type, 'eip7702');
  assert.equal(await publicClient.readContract({ ...at, address: self.address, functionName: 'value' }), 99n);
  const tx = await publicClient.getTransaction({ hash: receipt.transactionHash });
  assert.equal(tx.authorizationList[0].address.toLowerCase(), address.toLowerCase());
});

test('call with overrides, simulateCalls and createAccessList', async () => {
  const data = encodeFunctionData({ ...probe, functionName: 'value' });
  const slot = `0x${'00'.repeat(32)}`;
  const { data: answer } = await publicClient.call({ to: address, data, stateOverride: [{ address, stateDiff: [{ slot, value: `0x${'00'.repeat(31)}2a` }] }] });
  assert.equal(BigInt(answer), 42n);
  const { results } = await publicClient.simulateCalls({ account: account(1).address, calls: [
    ['store', [8n]], ['value', []], ['sayNo', ['x']]].map(([functionName, args]) => ({ to: address, abi: probe.abi, functionName, args })) });
  assert.deepEqual(results.map((r) => r.status), ['success', 'success', 'failure']);
  assert.equal(results[1].result, 8n);
  const { accessList } = await publicClient.createAccessList({ account: account(1).address, to: address, data: encodeFunctionData({ ...probe, functionName: 'store', args: [1n] }) });
  assert.ok(Array.isArray(accessList));
});

test('client errors have their own names', async () => {
  const poor = walletOf(0);
  const send = (fields) => poor.sendTransaction({ account: privateKeyToAccount(generatePrivateKey()), to: address, value: 1n, gas: 100_000n, maxFeePerGas: parseGwei('50'), maxPriorityFeePerGas: 1n, nonce: 0, ...fields });
  await assert.rejects(send({}), (e) => e.walk((x) => x.name === 'InsufficientFundsError') !== null);
  await assert.rejects(send({ account: account(0), nonce: 0 }), (e) => e.walk((x) => x.name === 'NonceTooLowError') !== null);
});
