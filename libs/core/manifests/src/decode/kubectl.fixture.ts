import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What kubectl makes of texts: JSON texts one after the other and by the name of the object, and what it says about files that it refuses, by their number. */
export interface KubectlReading {
  readonly output: string;
  readonly refusedAny: boolean;
  readonly objects: ReadonlyMap<string, string>;
  readonly complaints: ReadonlyMap<number, string>;
}

/** Whether there is a kubectl; says loudly what is not tested where there is none. */
export function kubectlIsThere(untested: string): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write(`SKIPPED: kubectl is not installed, so ${untested}\n`);
    return false;
  }
}

/** Has kubectl read many texts at once, each as a file of its own, without a cluster. It goes on behind a file that it refuses. */
export function readByKubectl(texts: readonly string[]): KubectlReading {
  const home = mkdtempSync(join(tmpdir(), 'sluice-kubectl-'));
  try {
    const folder = join(home, 'texts');
    mkdirSync(folder);
    for (const [index, text] of texts.entries()) writeFileSync(join(folder, `${index}.yaml`), text);
    const env = { PATH: process.env['PATH'] ?? '', HOME: home, KUBECONFIG: join(home, 'none') };
    const { stdout, stderr, status } = spawnSync('kubectl', ['label', '--local', '--filename', folder, '--output', 'json', 'sluice.test/read=yes'], { encoding: 'utf8', env, maxBuffer: 1 << 28 });
    return { output: stdout, refusedAny: status !== 0, objects: objectsIn(stdout), complaints: complaintsIn(stderr) };
  } finally {
    rmSync(home, { recursive: true });
  }
}

// one object after the other, each ending with a brace in the first column
function objectsIn(output: string): ReadonlyMap<string, string> {
  const parts = output.split(/(?<=^\}\n)/m).filter((part) => part.trim() !== '');
  return new Map(parts.map((part) => [(JSON.parse(part) as { metadata: { name: string } }).metadata.name, part]));
}

function complaintsIn(errors: string): ReadonlyMap<number, string> {
  return new Map([...errors.matchAll(/error parsing \S*?(\d+)\.yaml: (.*)/g)].map(([, index, complaint]) => [Number(index), complaint ?? '']));
}
