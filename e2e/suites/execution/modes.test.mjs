// One token, everybody pays one account: the worst there is for parallel execution, in every mode.
// Proves: balances and receipts come out exactly, `debug_blockExecution` tells how each block was run and names the slot that
// transactions fought over, and the figures for Prometheus agree with it.
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, test } from 'node:test';
import { AbiCoder, id, keccak256, parseEther, toBeHex, Wallet } from 'ethers';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { deploy, devWallet, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID, seizaOnly } from '../../lib/target.mjs';
import { eventually, receiptOf } from '../../lib/wait.mjs';

const only = seizaOnly('its execution modes');
// One transaction each in a block, so that they fight over the token and not over nonces.
const SENDERS = 120;
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

const fees = { chainId: CHAIN_ID, maxFeePerGas: 20n * 10n ** 9n, maxPriorityFeePerGas: 10n ** 9n, type: 2 };

/** Deploys a token, and gives every sender some of it and money for gas. */
async function founded(chain) {
  const provider = providerOf(chain);
  const rich = devWallet(0, provider);
  const wallets = Array.from({ length: SENDERS }, (_, i) => new Wallet(id(`sender ${i}`), provider));
  const token = await deploy(own('oz/Tokens', 'Token'), rich, 'Coin', 'COIN', parseEther('1000'));
  const to = await token.getAddress();
  const gifts = wallets.flatMap(({ address }) => [
    { to: address, value: parseEther('1'), gasLimit: 21_000n },
    { to, data: token.interface.encodeFunctionData('transfer', [address, 1_000n]), gasLimit: 100_000n },
  ]);
  const first = await rich.getNonce();
  await included(chain, await Promise.all(gifts.map((gift, i) => rich.signTransaction({ ...fees, ...gift, nonce: first + i }))));
  return { chain, token, to, wallets, rounds: 0 };
}

/** Sends signed transactions in one batch; gives the heights of the blocks that they came into, all successful. */
async function included(chain, raws) {
  const calls = raws.map((raw, n) => ({ jsonrpc: '2.0', id: n, method: 'eth_sendRawTransaction', params: [raw] }));
  const answers = (await chain.rpc.send(calls)).body;
  for (const answer of answers) assert.equal(answer.error, undefined, JSON.stringify(answer.error));
  const receipts = await Promise.all(answers.map((answer) => receiptOf(chain.rpc, answer.result)));
  for (const receipt of receipts) assert.equal(receipt.status, '0x1');
  return [...new Set(receipts.map((receipt) => receipt.blockNumber))];
}

/** Everybody pays the popular account once; how the blocks that it took were executed. */
async function round(world) {
  const { chain, token, to, wallets } = world;
  const data = token.interface.encodeFunctionData('transfer', [popular, 1n]);
  const tx = { ...fees, to, data, gasLimit: 100_000n, nonce: world.rounds };
  const heights = await included(chain, await Promise.all(wallets.map((wallet) => wallet.signTransaction(tx))));
  world.rounds += 1;
  assert.equal(await token.balanceOf(popular), BigInt(world.rounds * SENDERS));
  return Promise.all(heights.map((height) => chain.rpc('debug_blockExecution', height)));
}

/** What must hold of any report. */
function checkReport(report, { mode, workers }) {
  assert.equal(report.mode, mode);
  assert.equal(report.workers, workers);
  assert.equal(report.sequential + report.parallel, report.transactions);
  const thrownAway = report.reExecutions + report.earlyAborts + report.abandoned;
  assert.equal(report.executions, report.transactions + thrownAway, JSON.stringify(report));
  assert.ok(report.seconds > 0);
  const shares = report.workerShares.reduce((sum, worker) => sum + worker.share, 0);
  assert.ok(report.parallel === 0 || Math.abs(shares - 1) < 1e-9, JSON.stringify(report.workerShares));
  const named = report.hottestKeys.reduce((sum, key) => sum + key.conflicts, 0);
  assert.ok(named <= report.reExecutions + report.earlyAborts, JSON.stringify(report));
}

const metricsOf = async (chain) => (await fetch(`http://127.0.0.1:${chain.ports[2]}/metrics`)).text();
const sumOf = (metrics, name) => metrics.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);

// One core runs everything sequentially, in any mode.
const onCores = { skip: only.skip || (availableParallelism() < 2 ? 'one core: nothing runs in parallel' : false) };

test('optimistic: conflicts are told, with the slot by name', onCores, async () => {
  const chain = await chainWith({ SEIZA_EXECUTION_MODE: 'optimistic', SEIZA_EXECUTION_WORKERS: '2' });
  const world = await founded(chain);
  const slot = keccak256(AbiCoder.defaultAbiCoder().encode(['address', 'uint256'], [popular, 0]));
  const name = `slot ${toBeHex(BigInt(slot))} of contract ${world.to}`.toLowerCase();
  const hottest = [];
  const found = () => hottest.some((key) => key.store === 'evm' && key.name.toLowerCase() === name);
  while (world.rounds < ROUNDS_MAX && !found()) {
    const reports = await round(world);
    for (const report of reports) checkReport(report, { mode: 'optimistic', workers: 2 });
    hottest.push(...reports.flatMap((report) => report.hottestKeys));
  }
  assert.ok(found(), `${name} is not among ${JSON.stringify(hottest)}`);
  const metrics = await metricsOf(chain);
  const conflicts = sumOf(metrics, 'seiza_execution_conflicts_total');
  assert.equal(conflicts, sumOf(metrics, 'seiza_execution_re_executions_total') + sumOf(metrics, 'seiza_execution_early_aborts_total'));
  assert.ok(conflicts > 0 && sumOf(metrics, 'seiza_execution_worker_runs_total') > 0, metrics);
  assert.equal(sumOf(metrics, 'seiza_execution_jobs_total'), sumOf(metrics, 'seiza_execution_txs_total'));
});

test('declared, with keys learned at admission', only, async () => {
  const learning = { SEIZA_EXECUTION_LEARN_AT_ADMISSION: 'true' };
  const chain = await chainWith({ SEIZA_EXECUTION_MODE: 'declared', SEIZA_EXECUTION_WORKERS: '2', ...learning });
  const reports = await round(await founded(chain));
  for (const report of reports) {
    checkReport(report, { mode: 'declared', workers: 2 });
    assert.equal(report.learned, report.transactions, JSON.stringify(report));
  }
});

test('sequential: nothing is run twice', only, async () => {
  const chain = await chainWith({ SEIZA_EXECUTION_MODE: 'sequential' });
  for (const report of await round(await founded(chain))) {
    checkReport(report, { mode: 'sequential', workers: 1 });
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
