import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** The value of an expression over the exports of a setup script, as those scripts run: in plain Node. */
export function evaluate<Value>(script: string, expression: string, input: unknown = null): Value {
  const source = `import * as script from ${JSON.stringify(`${repository}tools/setup/${script}`)}; const input = ${JSON.stringify(input)}; process.stdout.write(JSON.stringify({ value: await (${expression}) }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as { value: Value }).value;
}
