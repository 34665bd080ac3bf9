// Runs one suite as its own process group and counts what happened.
// Promises: a hard time limit, all of the group's processes gone afterwards, counts from the test runners' own reports.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PYTHON } from './prepare.mjs';
import { E2E_DIR } from './target.mjs';

const groups = new Set();
const killGroup = (pid) => { try { process.kill(-pid, 'SIGKILL'); } catch { /* already gone */ } };
process.on('exit', () => groups.forEach(killGroup));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

/** Runs a suite of lib/suites.mjs: { name, output, seconds, passed, failed, skipped, fault }. */
export async function runSuite({ name, limitS }) {
  const started = Date.now();
  const scratch = mkdtempSync(join(tmpdir(), 'seiza-e2e-report-'));
  const [command, args, count] = commandFor(name, join(scratch, 'report'));
  const ended = await inGroup(command, args, limitS * 1000);
  const counts = count(join(scratch, 'report'), ended.output);
  rmSync(scratch, { recursive: true, force: true });
  return { name, output: ended.output, seconds: Math.round((Date.now() - started) / 1000), ...counts, fault: faultOf(ended, counts, limitS) };
}

function commandFor(name, report) {
  const dir = join('suites', name);
  const files = readdirSync(join(E2E_DIR, dir)).sort();
  if (files.some((f) => f.startsWith('test_'))) return [PYTHON, ['-m', 'pytest', '-q', dir, `--junitxml=${report}`], countJunit];
  const tests = files.filter((f) => f.endsWith('.test.mjs')).map((f) => join(dir, f));
  return [process.execPath, ['--test', '--test-force-exit', '--test-concurrency=1', '--test-reporter=spec', ...tests], countSpec];
}

function inGroup(command, args, limitMs) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: E2E_DIR, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, late] = ['', false];
    child.stdout.on('data', (d) => { output += d; });
    child.stderr.on('data', (d) => { output += d; });
    groups.add(child.pid);
    const finish = (code) => { clearTimeout(timer); killGroup(child.pid); groups.delete(child.pid); done({ code, late, output }); };
    const timer = setTimeout(() => { late = true; killGroup(child.pid); setTimeout(() => finish(-1), 2_000); }, limitMs);
    child.once('error', (e) => { output += String(e); finish(-1); });
    child.once('exit', (code) => setTimeout(() => finish(code), 200));
  });
}

/** Counts of node's own closing lines ("ℹ pass 12"); groups are not counted. */
function countSpec(_report, output) {
  const of = (what) => Number([...output.matchAll(new RegExp(`^ℹ ${what} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
  return { passed: of('pass'), failed: of('fail') + of('cancelled'), skipped: of('skipped') + of('todo') };
}

function countJunit(report) {
  const head = (existsSync(report) ? readFileSync(report, 'utf8') : '').match(/<testsuite [^>]*>/)?.[0] ?? '';
  const of = (what) => Number(head.match(new RegExp(`\\b${what}="(\\d+)"`))?.[1] ?? 0);
  const [failed, skipped] = [of('failures') + of('errors'), of('skipped')];
  return { passed: of('tests') - failed - skipped, failed, skipped };
}

function faultOf({ code, late }, { passed, failed, skipped }, limitS) {
  if (late) return `stopped after its limit of ${limitS} s`;
  if (failed) return `${failed} failed`;
  if (code !== 0) return `ended with code ${code}`;
  return passed + skipped === 0 ? 'ran no test' : null;
}

/** The summary: a line a suite, then the plain closing line. `ok` only if something passed and nothing is at fault. */
export function closingLines(results) {
  const line = (r) => `${r.fault ? '✖' : '✔'} ${r.name.padEnd(12)} ${String(r.passed).padStart(3)} passed, ${r.failed} failed, ` +
    `${r.skipped} skipped  ${String(r.seconds).padStart(3)} s${r.fault ? `  ${r.fault}` : ''}`;
  const sum = (key) => results.reduce((n, r) => n + r[key], 0);
  const uncounted = results.filter((r) => r.fault && !r.failed).length;
  const total = `${sum('passed')} passed, ${sum('failed') + uncounted} failed, ${sum('skipped')} skipped`;
  return { lines: ['━━ summary', ...results.map(line), total], ok: sum('passed') > 0 && results.every((r) => !r.fault) };
}
