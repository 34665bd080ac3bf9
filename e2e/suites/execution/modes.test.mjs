// One token, everybody pays one account: the worst there is for parallel execution, in every mode.
// Proves: balances and receipts come out exactly, `debug_blockExecution` tells how each block was run and names the slot that
// transactions fought over, and the figures for Prometheus agree with it.
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, test } from 'node:test';
import { AbiCoder, keccak256, parseEther, toBeHex } from 'ethers';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID, seizaOnly } from '../../lib/target.mjs';
import { eventually, receiptOf } from '../../lib/wait.mjs';

const only = seizaOnly('its execution modes');
const SENDERS = 8;
const EACH = 30;
const ROUNDS_MAX = 8;
const popular = `0x${'77'.repeat(20)}`;
const open = [];
after(() => Promise.all(open.map((chain) => chain.stop())));

/** A devnet with these settings, given by variables, whose blocks wait for company. */
async function chainWith(settings) {
  Object.assign(process.env, { SEIZA_BLOCKS_GATHER: '300ms', ...settings });
  const chain = await startChain();
  for (const name of ['SEIZA_BLOCKS_GATHER', ...Object.keys(settings)]) delete process.env[name];
  open.push(chain);
  return chain;
}

/** Deploys a token of which every sender has some. */
async function founded(chain) {
  const provider = providerOf(chain);
  const wallets = Array.from({ length: SENDERS }, (_, i) => devWallet(i, provider));
  const token = await deploy(own('oz/Tokens', 'Token'), wallets[0], 'Coin', 'COIN', parseEther('1000'));
  for (const wallet of wallets.slice(1)) await mined(token.transfer(wallet.address, parseEther('1')));
  return { token, wallets };
}

/** Everybody pays the popular account EACH times, in one batch; gives the heights of the blocks that it took. */
async function round(chain, { token, wallets }) {
  const to = await token.getAddress();
  const data = token.interface.encodeFunctionData('transfer', [popular, 1n]);
  const fixed = { to, data, chainId: CHAIN_ID, gasLimit: 100_000n, maxFeePerGas: 20n * 10n ** 9n, maxPriorityFeePerGas: 10n ** 9n, type: 2 };
  const signed = await Promise.all(wallets.flatMap(async (wallet) => {
    const first = await wallet.getNonce();
    return Promise.all(Array.from({ length: EACH }, (_, i) => wallet.signTransaction({ ...fixed, nonce: first + i })));
  }));
  const raws = signed.flat();
  const calls = raws.map((raw, id) => ({ jsonrpc: '2.0', id, method: 'eth_sendRawTransaction', params: [raw] }));
  const answers = (await chain.rpc.send(calls)).body;
  for (const answer of answers) assert.equal(answer.error, undefined, JSON.stringify(answer.error));
  const receipts = await Promise.all(answers.map((answer) => receiptOf(chain.rpc, answer.result)));
  for (const receipt of receipts) assert.equal(receipt.status, '0x1');
  return [...new Set(receipts.map((receipt) => receipt.blockNumber))];
}

/** What must hold of any report. */
function checkReport(report, { mode, workers }) {
  assert.equal(report.mode, mode);
  assert.equal(report.workers, workers);
  assert.equal(report.sequential + report.parallel, report.transactions);
  assert.ok(report.executions >= report.transactions, JSON.stringify(report));
  assert.ok(report.seconds > 0);
  const shares = report.workerShares.reduce((sum, worker) => sum + worker.share, 0);
  assert.ok(report.parallel === 0 || Math.abs(shares - 1) < 1e-9, JSON.stringify(report.workerShares));
  const named = report.hottestKeys.reduce((sum, key) => sum + key.conflicts, 0);
  assert.ok(named <= report.reExecutions + report.earlyAborts, JSON.stringify(report));
}

/** Rounds until one has conflicts, or one where none are expected; all reports. */
async function reportsOf(chain, world, expected) {
  const reports = [];
  for (let n = 1; n <= (expected.conflicts ? ROUNDS_MAX : 1); n += 1) {
    for (const height of await round(chain, world)) reports.push(await chain.rpc('debug_blockExecution', height));
    assert.equal(await world.token.balanceOf(popular), BigInt(n * SENDERS * EACH));
    if (reports.some((report) => report.hottestKeys.length > 0)) break;
  }
  for (const report of reports) checkReport(report, expected);
  return reports;
}

const metricsOf = async (chain) => (await fetch(`http://127.0.0.1:${chain.ports[2]}/metrics`)).text();
const sumOf = (metrics, name) => metrics.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);

// One core runs everything sequentially, in any mode.
const onCores = { skip: only.skip || (availableParallelism() < 2 ? 'one core: nothing runs in parallel' : false) };

test('optimistic: conflicts are told, with the slot by name', onCores, async () => {
  const chain = await chainWith({ SEIZA_EXECUTION_MODE: 'optimistic', SEIZA_EXECUTION_WORKERS: '2' });
  const world = await founded(chain);
  const reports = await reportsOf(chain, world, { mode: 'optimistic', workers: 2, conflicts: true });
  const hottest = reports.flatMap((report) => report.hottestKeys);
  const slot = keccak256(AbiCoder.defaultAbiCoder().encode(['address', 'uint256'], [popular, 0]));
  const name = `slot ${toBeHex(BigInt(slot))} of contract ${await world.token.getAddress()}`.toLowerCase();
  assert.ok(hottest.some((key) => key.store === 'evm' && key.name.toLowerCase() === name), JSON.stringify(hottest));
  const metrics = await metricsOf(chain);
  const conflicts = sumOf(metrics, 'seiza_execution_conflicts_total');
  assert.equal(conflicts, sumOf(metrics, 'seiza_execution_re_executions_total') + sumOf(metrics, 'seiza_execution_early_aborts_total'));
  assert.ok(conflicts > 0 && sumOf(metrics, 'seiza_execution_worker_runs_total') > 0, metrics);
  assert.equal(sumOf(metrics, 'seiza_execution_jobs_total'), sumOf(metrics, 'seiza_execution_txs_total'));
});

test('declared, with keys learned at admission', only, async () => {
  const learning = { SEIZA_EXECUTION_LEARN_AT_ADMISSION: 'true' };
  const chain = await chainWith({ SEIZA_EXECUTION_MODE: 'declared', SEIZA_EXECUTION_WORKERS: '2', ...learning });
  const reports = await reportsOf(chain, await founded(chain), { mode: 'declared', workers: 2 });
  for (const report of reports) assert.equal(report.learned, report.transactions, JSON.stringify(report));
});

test('sequential: nothing is run twice', only, async () => {
  const chain = await chainWith({ SEIZA_EXECUTION_MODE: 'sequential' });
  for (const report of await reportsOf(chain, await founded(chain), { mode: 'sequential', workers: 1 })) {
    assert.deepEqual([report.parallel, report.reExecutions, report.executions], [0, 0, report.transactions]);
  }
});

test('a block that this process did not execute is told as that', only, async () => {
  const chain = await chainWith({});
  const { home, ports } = chain;
  await eventually('block 1', async () => Number(await chain.rpc('eth_blockNumber')) > 0);
  await chain.stop();
  const again = await startChain({ home, ports });
  open.push(again);
  await assert.rejects(again.rpc('debug_blockExecution', '0x1'), /block 1 was not executed by this process/);
  await assert.rejects(again.rpc('debug_blockExecution', '0x0'), /block 0 is the founding state/);
  await assert.rejects(again.rpc('debug_blockExecution', '0xfffff'), /unknown block/);
});
