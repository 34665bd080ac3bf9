// Installs what the suites need, only when it is missing or its lock file changed.
// Promises: package registries only, nothing outside e2e/ but Debian's chromium, a clear error when an install fails.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { E2E_DIR } from './target.mjs';

export const PYTHON = join(E2E_DIR, '.venv', 'bin', 'python');
export const CHROMIUM = '/usr/bin/chromium';
const OUTPUT_BYTES_MAX = 1 << 26;
const STEPS = { npm: installNpm, venv: installVenv, chromium: installChromium };

/** Installs each of the named needs ('npm', 'venv', 'chromium'). */
export async function prepare(needs) {
  for (const need of ['npm', 'venv', 'chromium']) if (needs.has(need)) STEPS[need]();
}

function installNpm() {
  const stamp = join(E2E_DIR, 'node_modules', '.seiza-lock');
  onChange('package-lock.json', stamp, () => must('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']));
}

function installVenv() {
  const stamp = join(E2E_DIR, '.venv', '.seiza-lock');
  onChange('requirements.txt', stamp, () => {
    must('python3', ['-m', 'venv', '.venv']);
    must(PYTHON, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', 'requirements.txt']);
  });
}

function installChromium() {
  if (existsSync(CHROMIUM)) return;
  must('apt-get', ['update', '-qq']);
  must('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
}

/** Runs `install` unless the stamp already holds the digest of the lock file. */
function onChange(lockFile, stamp, install) {
  const digest = createHash('sha256').update(readFileSync(join(E2E_DIR, lockFile))).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  install();
  writeFileSync(stamp, digest);
}

/** Runs an installer, a second time if the first failed (a registry may be short of breath once), or throws. */
function must(command, args) {
  const started = Date.now();
  console.log(`installing: ${command} ${args.slice(0, 2).join(' ')} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = () => spawnSync(command, args, { cwd: E2E_DIR, env, encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });
  let ended = run();
  if (ended.status !== 0 && !ended.error) ended = run();
  const { status, stdout, stderr, error } = ended;
  if (status !== 0) throw new Error(`"${command} ${args.join(' ')}" failed: ${error?.message ?? (stderr || stdout).slice(0, 2000)}`);
  console.log(`installed in ${Math.round((Date.now() - started) / 1000)} s`);
}
