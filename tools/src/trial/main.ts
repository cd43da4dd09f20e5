import { runTrial } from './run-trial.js';

const folder = process.argv[2];
if (folder === undefined || folder === '--help') {
  process.stdout.write('Usage: npm run trial -- <folder of release folders>\n\nPushes each release to dev in turn and ends with 0 only if every tree is exactly right.\n');
  process.exit(folder === undefined ? 2 : 0);
}

try {
  const report = await runTrial(folder, (text) => process.stdout.write(`${text}\n`));
  process.stdout.write(`\n${report.requests} requests, ${report.merges} merges, ${Number.isNaN(report.composes) ? 'unknown' : report.composes} composes\n`);
  for (const finding of report.findings.slice(0, 50)) process.stdout.write(`WRONG ${finding}\n`);
  process.stdout.write(report.findings.length === 0 ? 'All trees are exactly right.\n' : `${report.findings.length} things are wrong.\n`);
  process.exitCode = report.findings.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`trial: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
