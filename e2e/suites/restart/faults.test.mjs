// Faults at start, and the other commands: what a person sees who made a mistake.
// Proves: one clear line on standard error that names the thing at fault, a non-zero exit, and nothing destroyed.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePorts, runToEnd, scratchFolder, startChain } from '../../lib/chain.mjs';
import { devWallet } from '../../lib/ethers.mjs';
import { CHAIN_ID, devnetCommand, seizaBinary, seizaOnly } from '../../lib/target.mjs';

const only = seizaOnly('its own command line');
const open = [];
after(() => Promise.all(open.map((chain) => chain.kill())));
const seiza = (...args) => runToEnd(seizaBinary(), args, { limitMs: 30_000 });

/** Starts a devnet that must not come up, and gives its one line. */
async function refusal({ home, ports }) {
  const [http, ws, metrics] = ports ?? await freePorts(3);
  const { code, signal, stderr, output } = await runToEnd(...devnetCommand({ home, http, ws, metrics, blockTime: '1s' }), { limitMs: 20_000 });
  assert.equal(signal, null, `it did not end by itself:\n${output}`);
  assert.equal(code, 1, output);
  assert.doesNotMatch(output, /panicked|RUST_BACKTRACE|Error \{/);
  const lines = stderr.trim().split('\n').filter((line) => /^error: /.test(line));
  assert.equal(lines.length, 1, `one line, not:\n${stderr}`);
  return lines[0];
}

for (const [index, name] of ['HTTP', 'WebSocket', 'metrics'].entries()) {
  test(`a ${name} port in use is named, with what to do`, only, async () => {
    const ports = await freePorts(3);
    const squatter = createServer().listen(ports[index], '127.0.0.1');
    await new Promise((done) => squatter.once('listening', done));
    const line = await refusal({ home: scratchFolder('port'), ports });
    squatter.close();
    assert.match(line, new RegExp(String(ports[index])));
    assert.match(line, /in use|taken/i);
  });
}

test('a home that is a file, and one that cannot be made', only, async () => {
  const file = join(scratchFolder('home'), 'file');
  writeFileSync(file, 'not a folder');
  assert.match(await refusal({ home: file }), /file|director|folder/i);
  assert.match(await refusal({ home: join(file, 'below') }), /director|folder/i);
  assert.equal(readFileSync(file, 'utf8'), 'not a folder');
  assert.match(await refusal({ home: '/proc/seiza-home' }), /\/proc\/seiza-home/);
});

test('a half-written file in the home is named and left as it is', only, async () => {
  const home = scratchFolder('half');
  const chain = await startChain({ home });
  await chain.stop();
  for (const name of ['config.toml', 'genesis.json', 'validator_key.json']) {
    const path = join(home, name);
    const whole = existsSync(path) ? readFileSync(path) : Buffer.from('[server]\nhttp_port = 1');
    const half = whole.subarray(0, Math.floor(whole.length * 0.6));
    writeFileSync(path, name === 'config.toml' ? '[server\nhttp_po' : half);
    assert.match(await refusal({ home }), new RegExp(name.replace('.', '\\.')));
    assert.ok(readFileSync(path).length < whole.length);
    writeFileSync(path, whole);
  }
});

test('a second node on the same home is refused, and the first goes on', only, async () => {
  const home = scratchFolder('twice');
  const first = await startChain({ home });
  open.push(first);
  assert.match(await refusal({ home }), /another seiza runs on this folder/);
  assert.equal(Number(await first.rpc('eth_chainId')), CHAIN_ID);
});

test('seiza version, status and keys', only, async () => {
  assert.match((await seiza('version')).output, /\d+\.\d+\.\d+/);
  const chain = await startChain();
  open.push(chain);
  const status = await seiza('status', '--url', chain.http);
  assert.equal(status.code, 0, status.output);
  assert.match(status.output, new RegExp(String(CHAIN_ID)));
  const keys = await seiza('keys', 'derive', '--mnemonic', 'test test test test test test test test test test test junk', '--count', '2');
  assert.match(keys.output, new RegExp(devWallet(0).address, 'i'));
  assert.match(keys.output, new RegExp(devWallet(1).address, 'i'));
  assert.match(keys.output, /sei1[0-9a-z]{38}/);
  for (const word of [devWallet(0).address, devWallet(9).address, String(CHAIN_ID), String(chain.ports[0])]) {
    assert.ok(chain.logs().toLowerCase().includes(word.toLowerCase()), `the banner shows ${word}`);
  }
});

test('status with nobody there, and a command that does not exist', only, async () => {
  const [port] = await freePorts(1);
  const alone = await seiza('status', '--url', `http://127.0.0.1:${port}`);
  assert.equal(alone.code, 1);
  assert.match(alone.stderr, new RegExp(String(port)));
  const wrong = await seiza('devnett');
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /devnet/);
});

test('metrics are served for Prometheus', only, async () => {
  const chain = await startChain();
  open.push(chain);
  const text = await (await fetch(`http://127.0.0.1:${chain.ports[2]}/metrics`)).text();
  assert.match(text, /^# (HELP|TYPE) \w+/m);
});
