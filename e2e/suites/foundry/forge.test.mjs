// forge 1.7.1: create, script --broadcast and a fork test, compiled offline by solc-js behind lib/solc-native.mjs.
// Proves: Foundry's deploy flow with simulation, CREATE2 through the world's deployer, --resume-able broadcast files.
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Contract } from 'ethers';
import { runToEnd, scratchFolder, startChain } from '../../lib/chain.mjs';
import { devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { create2Deployer } from '../../lib/presigned.mjs';
import { CHAIN_ID, E2E_DIR, foundryBin } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const alice = devWallet(0, provider);
const project = join(scratchFolder('forge'), 'project');
cpSync(join(E2E_DIR, 'suites/foundry/project'), project, { recursive: true });
appendFileSync(join(project, 'foundry.toml'), [`solc = "${E2E_DIR}/lib/solc-native.mjs"`, `allow_paths = ["${E2E_DIR}/node_modules"]`,
  `remappings = ["@openzeppelin/=${E2E_DIR}/node_modules/@openzeppelin/"]`, ''].join('\n'));
const ABI = ['function total() view returns (uint256)', 'function reward() view returns (address)', 'function balanceOf(address) view returns (uint256)'];

async function forge(...args) {
  const env = { ...process.env, NO_COLOR: '1', FOUNDRY_DISABLE_NIGHTLY_WARNING: '1', ETH_RPC_URL: chain.http };
  const { code, output } = await runToEnd(foundryBin('forge'), args, { cwd: project, env, limitMs: 150_000 });
  assert.equal(code, 0, `forge ${args[0]}: ${output}`);
  return output;
}

const deployer = create2Deployer();
await mined(alice.sendTransaction({ to: deployer.from, value: deployer.cost }));
await (await provider.broadcastTransaction(deployer.raw)).wait();

test('forge create deploys a contract with constructor arguments', async () => {
  const output = await forge('create', 'src/Tally.sol:Reward', '--broadcast', '--private-key', alice.privateKey, '--constructor-args', alice.address);
  const at = output.match(/Deployed to: (0x[0-9a-fA-F]{40})/)[1];
  assert.equal(await new Contract(at, ABI, provider).balanceOf(alice.address), 10n ** 21n);
});

test('forge script --broadcast runs a deployment of several transactions', async () => {
  await forge('script', 'script/Deploy.s.sol:Deploy', '--broadcast', '--private-key', alice.privateKey, '--rpc-url', chain.http);
  const run = JSON.parse(readFileSync(join(project, `broadcast/Deploy.s.sol/${CHAIN_ID}/run-latest.json`), 'utf8'));
  assert.equal(run.transactions.length, 4);
  assert.deepEqual(run.receipts.map((r) => r.status), Array(4).fill('0x1'));
  const tally = new Contract(run.transactions.find((t) => t.contractName === 'Tally').contractAddress, ABI, provider);
  assert.equal(run.transactions.find((t) => t.contractName === 'Tally').transactionType, 'CREATE2');
  assert.equal(await tally.total(), 1n);
  assert.equal(await provider.getBalance(tally.target), 3n);
  const reward = new Contract(await tally.reward(), ABI, provider);
  assert.equal(await reward.balanceOf(tally.target), 10n ** 18n);
});

test('forge test --fork-url sees the live chain', async () => {
  assert.match(await forge('test', '--fork-url', chain.http, '--match-contract', 'ForkTest'), /1 passed; 0 failed/);
});
