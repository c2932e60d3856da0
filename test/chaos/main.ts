// Kills, starves and misleads real applications and their databases, and compares the answers with the
// completed work. npm run test:chaos the long form npm run test:chaos -- --short the form that every change
// must pass npm run test:chaos -- --only=SIGKILL scenarios with this in their name npm run test:chaos --
// --seed=42 the random choices of a run whose seed was 42
import { parseArgs } from 'node:util';
// Finds the servers; the descriptions of the databases read the result when they are loaded.
import findServices from '../support/global-setup.mjs';
import { CompiledApp } from './compiled.app.js';
import { seededRandom } from './random.js';
import { ChaosError, SkippedError } from './chaos.error.js';
import { Run } from './run.js';
import type { Scenario } from './scenario.js';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    only: { type: 'string', default: '' },
  },
});
const seed = Number(values.seed);

await findServices();
const { SCENARIOS } = await import('./scenarios.js');
const scenarios = SCENARIOS.filter(({ name, takesMinutes = false }) =>
  values.short && takesMinutes && values.only === '' ? false : name.includes(values.only),
);
console.log(
  `${scenarios.length} scenarios in their ${values.short ? 'short' : 'long'} form, seed ${seed}`,
);
if (scenarios.length === 0) throw new Error(`no scenario has '${values.only}' in its name`);

const compiled = new CompiledApp();
const runs = new Set<Run>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void (async () => {
      await Promise.all([...runs].map((run) => run.end()));
      compiled.remove();
      process.exit(1);
    })();
  });
}

const queue = [...scenarios];
const failed: string[] = [];
const skipped: string[] = [];
try {
  await Promise.all(Array.from({ length: values.short ? 3 : 1 }, () => runNext()));
} finally {
  compiled.remove();
}
for (const name of skipped) console.log(`SKIPPED: ${name}`);
console.log(
  failed.length === 0
    ? `All passed${skipped.length > 0 ? ` but ${skipped.length} skipped` : ''}.`
    : `FAILED: ${failed.join(', ')}. To repeat the same choices: --seed=${seed}`,
);
process.exit(failed.length === 0 ? 0 : 1);

/** Scenarios mostly wait: the short form runs three of them at a time. */
async function runNext(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await runScenario(next);
}

async function runScenario(scenario: Scenario): Promise<void> {
  const startedAt = performance.now();
  const seconds = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
  const run = new Run(compiled, seededRandom(seed), values.short);
  runs.add(run);
  try {
    const figures = Object.entries(await scenario.run(run));
    const line = figures.map(([name, value]) => `${name} ${value}`).join(', ');
    console.log(`ok   ${scenario.name} (${seconds()}): ${line}`);
  } catch (error) {
    if (error instanceof SkippedError && process.env['REQUIRE_SERVICES'] !== '1') {
      console.log(`SKIP ${scenario.name}: ${error.message}`);
      skipped.push(`${scenario.name}: ${error.message}`);
    } else {
      const isKnown = error instanceof ChaosError || error instanceof SkippedError;
      console.log(`FAIL ${scenario.name} (${seconds()}):`, isKnown ? error.message : error);
      const words = run.lastWords();
      if (words !== '') console.log(words);
      failed.push(scenario.name);
    }
  } finally {
    await run.end();
    runs.delete(run);
  }
}
