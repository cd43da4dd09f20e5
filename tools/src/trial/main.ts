import { parseArgs } from 'node:util';
import type { MergeMethod } from './built-in-place.js';
import { TRIAL_FORGES, type TrialForgeKind } from './doubles.js';
import { readReleases } from './releases.js';
import { runTrial } from './run-trial.js';
import type { TrialOptions, TrialReport } from './run-trial.js';

const METHODS: readonly MergeMethod[] = ['squash', 'rebase', 'merge'];
const FORGES: readonly TrialOptions['forge'][] = ['built-in', ...(Object.keys(TRIAL_FORGES) as TrialForgeKind[])];
const USAGE = `Usage: npm run trial -- <folder of release folders> [--forge ${FORGES.join('|')}|all] [--merge ${METHODS.join('|')}|all]

Pushes each release to dev in turn and ends with 0 only if every tree is exactly right. --forge: where the repository is (built-in); the others are strict doubles on this machine.
--merge: how requests are merged (squash). all: with each, one after the other.
`;

function refuse(message: string): never {
  process.stderr.write(`trial: ${message}\n\n${USAGE}`);
  process.exit(2);
}

function readArguments(): { readonly folder: string; readonly trials: readonly TrialOptions[] } {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' }, forge: { type: 'string', default: 'built-in' }, merge: { type: 'string', default: 'squash' } } });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const methods = chosen('merge', values.merge, METHODS);
  const forges = chosen('forge', values.forge, FORGES);
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) return refuse('give one folder');
  return { folder, trials: forges.flatMap((forge) => methods.map((mergeMethod) => ({ forge, mergeMethod }))) };
}

function chosen<T extends string>(flag: string, wanted: string, all: readonly T[]): readonly T[] {
  const found = wanted === 'all' ? all : all.filter((one) => one === wanted);
  return found.length === 0 ? refuse(`--${flag} ${wanted}: it is none of ${all.join(', ')}`) : found;
}

function tell(report: TrialReport): void {
  process.stdout.write(`\n${report.requests} requests, ${report.merges} merges, ${Number.isNaN(report.composes) ? 'unknown' : report.composes} composes\n`);
  for (const finding of report.findings.slice(0, 50)) process.stdout.write(`WRONG ${finding}\n`);
  process.stdout.write(report.findings.length === 0 ? 'All trees are exactly right.\n' : `${report.findings.length} things are wrong.\n`);
}

try {
  const { folder, trials } = readArguments();
  const releases = await readReleases(folder);
  for (const trial of trials) {
    const report = await runTrial(releases, trial, (text) => process.stdout.write(`${text}\n`));
    tell(report);
    if (report.findings.length > 0) process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`trial: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
