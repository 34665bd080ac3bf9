// Hardhat 2.29 with hardhat-ethers: compile, `hardhat test` and `hardhat run` against the node.
// Proves: the most used development environment deploys and tests on this chain with no change but the URL.
import assert from 'node:assert/strict';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runToEnd, scratchFolder, startChain } from '../../lib/chain.mjs';
import { E2E_DIR } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const project = join(scratchFolder('hardhat'), 'project');
cpSync(join(E2E_DIR, 'suites/hardhat/project'), project, { recursive: true });
symlinkSync(join(E2E_DIR, 'node_modules'), join(project, 'node_modules'));

function hardhat(...args) {
  const env = { ...process.env, SEIZA_RPC: chain.http, HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true', CI: 'true', NO_COLOR: '1' };
  return runToEnd(process.execPath, [join(E2E_DIR, 'node_modules/hardhat/internal/cli/cli.js'), ...args], { cwd: project, env, limitMs: 120_000 });
}

test('hardhat compile builds with solc-js', async () => {
  const { code, output } = await hardhat('compile');
  assert.equal(code, 0, output);
  assert.match(output, /Compiled \d+ Solidity files? successfully/);
});

test('hardhat test passes on the node', async () => {
  const { code, output } = await hardhat('test', '--no-compile');
  assert.equal(code, 0, output);
  assert.match(output, /4 passing/);
});

test('hardhat run deploys by script', async () => {
  const { code, output } = await hardhat('run', 'deploy.cjs', '--no-compile');
  assert.equal(code, 0, output);
  const at = output.match(/deployed (0x[0-9a-fA-F]{40})/)[1];
  assert.ok((await chain.rpc('eth_getCode', at, 'latest')).length > 2);
});
