// cast 1.7.1: the command line as people and shell scripts use it.
// Proves: balance, send (all common forms), call, receipt, logs, code, nonce, rpc, mktx/publish, estimate, access-list, run.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { own } from '../../lib/artifacts.mjs';
import { runToEnd, startChain } from '../../lib/chain.mjs';
import { devWallet } from '../../lib/ethers.mjs';
import { CHAIN_ID, foundryBin } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const [alice, bob] = [devWallet(0), devWallet(1)];

/** Runs cast against the chain and gives what it printed, or fails with it. */
async function cast(...args) {
  const { code, output, stdout } = await runToEnd(foundryBin('cast'), args.map(String), { env: { ...process.env, ETH_RPC_URL: chain.http, NO_COLOR: '1', FOUNDRY_DISABLE_NIGHTLY_WARNING: '1' } });
  assert.equal(code, 0, `cast ${args[0]}: ${output}`);
  return stdout.trim(); // Where the chain is slow to answer, cast says so on the other one.
}
const send = async (...args) => JSON.parse(await cast('send', '--json', '--private-key', alice.privateKey, ...args));
const created = await send('--create', own('Probe').bytecode + '0'.repeat(64));
const probe = created.contractAddress;

test('cast reads the chain: id, balance, nonce, code, block', async () => {
  assert.equal(Number(await cast('chain-id')), CHAIN_ID);
  assert.equal(await cast('balance', '--ether', devWallet(9).address), '10000.000000000000000000');
  assert.equal(Number(await cast('nonce', alice.address)), 1);
  assert.ok((await cast('code', probe)).length > 100);
  assert.equal(await cast('code', bob.address), '0x');
  assert.equal(JSON.parse(await cast('block', 'latest', '--json')).hash.length, 66);
  assert.ok(Number(await cast('gas-price')) > 0);
  assert.ok(Number(await cast('base-fee')) > 0);
});

test('cast send pays, and calls with arguments and value', async () => {
  assert.equal((await send(bob.address, '--value', '1ether')).status, '0x1');
  assert.equal(await cast('balance', '--ether', bob.address), '10001.000000000000000000');
  const receipt = await send(probe, 'store(uint256)', 42, '--value', 5);
  assert.equal(receipt.logs.length, 1);
  assert.equal(await cast('call', probe, 'value()(uint256)'), '42');
  assert.equal(Number(await cast('storage', probe, 0)), 42);
  assert.equal((await send('--legacy', probe, 'store(uint256)', 43)).type, '0x0');
});

test('cast receipt, tx and logs tell what happened', async () => {
  const { transactionHash, blockNumber } = await send(probe, 'notes(uint256)', 2);
  assert.equal(await cast('receipt', transactionHash, 'status'), 'true');
  assert.equal(JSON.parse(await cast('tx', transactionHash, '--json')).from.toLowerCase(), alice.address.toLowerCase());
  const logs = JSON.parse(await cast('logs', '--json', '--from-block', Number(blockNumber), '--address', probe, 'Note(uint256)'));
  assert.equal(logs.length, 2);
});

test('cast mktx makes a raw transaction that cast publish sends', async () => {
  const raw = await cast('mktx', '--private-key', bob.privateKey, alice.address, '--value', 1);
  const hash = await cast('publish', '--async', raw);
  assert.match(hash, /^0x[0-9a-f]{64}$/);
  assert.equal(await cast('receipt', hash, 'status'), 'true');
});

test('cast sends a set-code transaction with --auth', async () => {
  const { type, status } = await send(alice.address, '--auth', probe);
  assert.deepEqual([type, status], ['0x4', '0x1']);
  assert.equal((await cast('code', alice.address)).slice(0, 8), '0xef0100');
  await send(alice.address, '--auth', `0x${'00'.repeat(20)}`);
});

test('cast estimate, access-list, rpc and historic reads', async () => {
  assert.equal(Number(await cast('estimate', '--from', alice.address, bob.address, '--value', 1)), 21_000);
  assert.match(await cast('access-list', '--from', alice.address, probe, 'store(uint256)', 1), /storageKeys|0x0{64}|slots/i);
  assert.equal(JSON.parse(await cast('rpc', 'eth_chainId')), `0x${CHAIN_ID.toString(16)}`);
  assert.equal(await cast('balance', '--block', 0, '--ether', bob.address), '10000.000000000000000000');
});

test('a reverting call shows the decoded custom error', async () => {
  const { code, output } = await runToEnd(foundryBin('cast'), ['call', '--rpc-url', chain.http, probe, 'sayNo(string)', 'not today']);
  assert.notEqual(code, 0);
  assert.match(output, /not today/);
});

test('cast run replays a mined transaction opcode by opcode', async () => {
  const { transactionHash } = await send(probe, 'makeChild()');
  const shown = await cast('run', transactionHash, '--quick');
  assert.match(shown, /Transaction successfully executed/);
  assert.match(shown, /new /);
});
