import { parseArgs } from 'node:util';
import { runTrial } from './run-trial.js';
import type { MergeMethod, TrialReport } from './run-trial.js';

const METHODS: readonly MergeMethod[] = ['squash', 'rebase', 'merge'];
const USAGE = `Usage: npm run trial -- <folder of release folders> [--merge ${METHODS.join('|')}|all]

Pushes each release to dev in turn and ends with 0 only if every tree is exactly right. --merge: how requests are merged (squash); all: with each method, one after the other.
`;

function refuse(message: string): never {
  process.stderr.write(`trial: ${message}\n\n${USAGE}`);
  process.exit(2);
}

function readArguments(): { readonly folder: string; readonly methods: readonly MergeMethod[] } {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' }, merge: { type: 'string', default: 'squash' } } });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const methods = values.merge === 'all' ? METHODS : METHODS.filter((method) => method === values.merge);
  if (methods.length === 0) refuse(`--merge ${values.merge}: there is no such method`);
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) return refuse('give one folder');
  return { folder, methods };
}

function tell(report: TrialReport): void {
  process.stdout.write(`\n${report.requests} requests, ${report.merges} merges, ${Number.isNaN(report.composes) ? 'unknown' : report.composes} composes\n`);
  for (const finding of report.findings.slice(0, 50)) process.stdout.write(`WRONG ${finding}\n`);
  process.stdout.write(report.findings.length === 0 ? 'All trees are exactly right.\n' : `${report.findings.length} things are wrong.\n`);
}

try {
  const { folder, methods } = readArguments();
  for (const method of methods) {
    const report = await runTrial(folder, method, (text) => process.stdout.write(`${text}\n`));
    tell(report);
    if (report.findings.length > 0) process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`trial: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
