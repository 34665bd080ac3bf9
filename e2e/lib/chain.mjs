// Starts and stops one chain for one test file.
// Promises: free ports, a fresh home folder unless one is given, no process left behind when the test process ends,
// and the node's own last words in the error when it does not come up.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rpcAt } from './rpc.mjs';
import { CHAIN_ID, devnetCommand, onAnvil } from './target.mjs';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;
const LOG_TAIL_BYTES = 20_000;
const running = new Set();
const folders = new Set();
const endings = [];

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  for (const ending of endings) ending();
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** Runs at exit, after the nodes are gone and before scratch folders are removed. */
export function beforeRemoval(ending) {
  endings.push(ending);
}

/** A folder that is removed when this process ends. */
export function scratchFolder(name) {
  const dir = mkdtempSync(join(tmpdir(), `seiza-e2e-${name}-`));
  folders.add(dir);
  return dir;
}

/** n TCP ports nobody listens on now. */
export async function freePorts(n) {
  const servers = await Promise.all(Array.from({ length: n }, () => new Promise((done, fail) => {
    const server = createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => done(server));
  })));
  const ports = servers.map((s) => s.address().port);
  await Promise.all(servers.map((s) => new Promise((done) => s.close(done))));
  return ports;
}

const told = ({ output, stdout, stderr }) => ({ output, stdout, stderr });

/** Runs a program with captured output; `ended` resolves to { code, signal, output, stdout, stderr } and never rejects. */
export function launch(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const state = { child, output: '', stdout: '', stderr: '' };
  const keep = (chunk) => { state.output = (state.output + chunk).slice(-LOG_TAIL_BYTES); };
  child.stdout.on('data', (chunk) => { keep(chunk); state.stdout = (state.stdout + chunk).slice(-LOG_TAIL_BYTES); });
  child.stderr.on('data', (chunk) => { keep(chunk); state.stderr = (state.stderr + chunk).slice(-LOG_TAIL_BYTES); });
  running.add(child);
  state.ended = new Promise((done) => {
    child.once('error', (e) => { keep(String(e)); done({ code: -1, signal: null, ...told(state) }); });
    child.once('close', (code, signal) => { running.delete(child); done({ code, signal, ...told(state) }); });
  });
  return state;
}

/** What a program that should end by itself gave: { code, signal, output, stdout, stderr }; killed after limitMs. */
export async function runToEnd(command, args, { limitMs = 60_000, ...options } = {}) {
  const state = launch(command, args, options);
  const timer = setTimeout(() => state.child.kill('SIGKILL'), limitMs);
  const result = await state.ended;
  clearTimeout(timer);
  return result;
}

/** Starts a chain and waits until it answers. { http, ws, tendermint, rpc, home, ports, stop(), kill(), logs() } */
export async function startChain({ home = scratchFolder('home'), blockTime = '1s', ports } = {}) {
  const [http, ws, metrics, tendermint] = ports ?? await freePorts(4);
  const state = launch(...devnetCommand({ home, http, ws, metrics, tendermint, blockTime }));
  const chain = {
    home, ports: [http, ws, metrics, tendermint], pid: state.child.pid,
    http: `http://127.0.0.1:${http}`, ws: `ws://127.0.0.1:${onAnvil ? http : ws}`,
    tendermint: `http://127.0.0.1:${tendermint}`,
    rpc: rpcAt(`http://127.0.0.1:${http}`), logs: () => state.output,
    stop: () => end(state, 'SIGINT'), kill: () => end(state, 'SIGKILL'), ended: state.ended,
  };
  await untilAnswering(chain, state);
  return chain;
}

async function untilAnswering(chain, state) {
  let over = null;
  state.ended.then((r) => { over = r; });
  for (const start = Date.now(); Date.now() - start < START_LIMIT_MS; await sleep(50)) {
    if (over) throw new Error(`the node ended at start (code ${over.code}):\n${over.output}`);
    const id = await chain.rpc('eth_chainId').catch(() => null);
    if (id !== null && Number(id) !== CHAIN_ID) throw new Error(`chain id ${id}, expected ${CHAIN_ID}`);
    if (id !== null) return;
  }
  state.child.kill('SIGKILL');
  throw new Error(`the node did not answer within ${START_LIMIT_MS} ms:\n${state.output}`);
}

async function end(state, signal) {
  state.child.kill(signal);
  const timer = setTimeout(() => state.child.kill('SIGKILL'), STOP_LIMIT_MS);
  const result = await state.ended;
  clearTimeout(timer);
  return result;
}
