// The one entry of the end-to-end suite: installs what is missing, runs the suites, says once and clearly how it went.
// Promises: exits non-zero when anything failed or nothing ran; leaves no process behind; installs only from package
// registries. Usage: node run.mjs [--list] [suite ...]   (E2E_TARGET=anvil runs it against anvil, SEIZA_BIN names a node)
import { prepare } from './lib/prepare.mjs';
import { closingLines, runSuite } from './lib/runner.mjs';
import { SUITES } from './lib/suites.mjs';
import { onAnvil, seizaBinary } from './lib/target.mjs';

const DEFAULT_JOBS = 2;

async function main(args) {
  if (args.includes('--help')) return usage(0);
  if (args.includes('--list')) return list();
  const unknown = args.filter((name) => !SUITES.some((s) => s.name === name));
  if (unknown.length) return usage(2, `no suite named ${unknown.join(', ')}`);
  const chosen = args.length ? SUITES.filter((s) => args.includes(s.name)) : SUITES;
  if (!onAnvil) console.log(`node under test: ${seizaBinary()}`);
  await prepare(new Set(chosen.flatMap((s) => s.needs)));
  const results = await runAll(chosen, Number(process.env.SEIZA_E2E_JOBS) || DEFAULT_JOBS);
  const { lines, ok } = closingLines(results);
  console.log(lines.join('\n'));
  return ok ? 0 : 1;
}

/** Runs the suites with at most `jobs` at a time; a suite's output is printed whole when it ends. */
async function runAll(chosen, jobs) {
  const [waiting, results] = [[...chosen], []];
  const worker = async () => {
    for (let suite = waiting.shift(); suite; suite = waiting.shift()) {
      console.log(`▶ ${suite.name}: ${suite.about}`);
      const result = await runSuite(suite);
      console.log(`\n━━ ${suite.name} (${result.seconds} s)\n${result.output.trimEnd()}\n`);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return chosen.map((s) => results.find((r) => r.name === s.name));
}

function list() {
  for (const { name, about } of SUITES) console.log(`${name.padEnd(12)} ${about}`);
  return 0;
}

function usage(code, fault) {
  if (fault) console.error(`error: ${fault}`);
  console.log('usage: node run.mjs [--list] [suite ...]');
  return code;
}

main(process.argv.slice(2)).then((code) => process.exit(code), (error) => {
  console.error(`error: ${error.message}`);
  process.exit(1);
});
