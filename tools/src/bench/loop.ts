import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runGit } from '@sluice/git-process';
import { API } from '@sluice/contracts';
import { LocalSystem } from '@sluice/testing';
import { WorkTree } from '../system/work-tree.js';
import { percentile, report } from './measure.js';

const ENVIRONMENTS = ['dev', 'qa', 'prod'] as const;
const GOALS = { dev: 2.5, qa: 6, prod: 10 } as const;
const FILE = 'apps/shop/config.yaml';
const WARM_UP = 5;
const WITHIN = 60_000;

const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: bench }
spec:
  environments:
    - { name: dev, branch: dev }
    - { name: qa, branch: qa, from: [dev], gates: [{ name: dev-healthy, type: health, soak: 0s }] }
    - { name: prod, branch: prod, from: [qa], gates: [{ name: qa-healthy, type: health, soak: 0s }] }
  applications: [{ name: shop, paths: ["apps/shop/**"] }]
`;

/** From `git push` to the file in dev's, qa's and prod's folder, as multiples of a raw push + fetch + write. */
export async function benchLoop(rounds = 100): Promise<void> {
  const seed = await WorkTree.create();
  const text = (value: string): ReadonlyMap<string, string> => new Map([[FILE, `kind: ConfigMap\nmetadata: { name: shop }\ndata: { value: "${value}" }\n`]]);
  await seed.orphan('main', new Map([['sluice.yaml', PIPELINE]]));
  for (const environment of ENVIRONMENTS) await seed.orphan(environment, text('0'));
  const system = await LocalSystem.start({ repository: seed.folder });
  const tree = await WorkTree.create(system.gitEnvironment);
  try {
    await tree.git('remote', 'add', 'origin', system.repository);
    await tree.git('fetch', '--quiet', 'origin');
    await tree.git('checkout', '--quiet', '-B', 'dev', 'origin/dev');
    await quiet(system);
    const times = { dev: [] as number[], qa: [] as number[], prod: [] as number[] };
    const raw: number[] = [];
    for (let round = 1; round <= rounds + WARM_UP; round += 1) {
      const value = String(round);
      await tree.replace(text(value), `round ${value}`);
      const began = performance.now();
      await tree.git('push', '--quiet', 'origin', 'dev');
      const reached = await arrivals(system, value, began);
      const reference = await rawRound(tree, system, value);
      if (round <= WARM_UP) continue;
      raw.push(reference);
      for (const environment of ENVIRONMENTS) times[environment].push(reached[environment]);
    }
    for (const environment of ENVIRONMENTS) {
      for (const [name, share] of [['p50', 0.5], ['p99', 0.99]] as const) {
        const reference = { name: `raw push + fetch + write, ${name}`, value: percentile(raw, share) };
        report({ bench: 'loop', measure: `push to live in ${environment}, ${name} of ${rounds}`, value: percentile(times[environment], share), unit: 'ms', reference, goal: `ratio at most ${GOALS[environment]}` });
      }
    }
  } finally {
    await tree.remove();
    await seed.remove();
    await system.stop();
  }
}

/** Until everything that was promoted at the start has settled. */
async function quiet(system: LocalSystem): Promise<void> {
  for (const until = Date.now() + WITHIN; Date.now() < until; await pause(200)) {
    const matrix = await system.call(API.matrix, { params: { repository: system.repositoryId } });
    if (matrix.cells.every((cell) => cell.health === 'Current' && (cell.environment === 'dev' || cell.condition === 'in-sync'))) return;
  }
  throw new Error('the system does not come to rest');
}

async function arrivals(system: LocalSystem, value: string, began: number): Promise<Record<(typeof ENVIRONMENTS)[number], number>> {
  const reached = { dev: 0, qa: 0, prod: 0 };
  while (ENVIRONMENTS.some((environment) => reached[environment] === 0)) {
    for (const environment of ENVIRONMENTS) {
      if (reached[environment] > 0) continue;
      const text = await readFile(join(system.data, 'targets', environment, FILE), 'utf8').catch(() => '');
      if (text.includes(`"${value}"`)) reached[environment] = performance.now() - began;
    }
    if (performance.now() - began > WITHIN) throw new Error(`round ${value} has not arrived: ${JSON.stringify(await system.call(API.why))}`);
    await pause(2);
  }
  return reached;
}

/** What nobody can do without: push a commit, fetch it somewhere else, write the file. On a branch that is no environment. */
async function rawRound(tree: WorkTree, system: LocalSystem, value: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-raw-'));
  try {
    await runGit(['init', '--quiet', '--bare', folder]);
    const credential = { username: 'token', password: system.token };
    await runGit(['fetch', '--quiet', system.repository, '+refs/heads/dev:refs/heads/dev'], { gitDir: folder, credential });
    const head = (await tree.git('commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', `raw ${value}`)).trim();
    const began = performance.now();
    await tree.git('push', '--quiet', '--force', 'origin', `${head}:refs/heads/raw`);
    await runGit(['fetch', '--quiet', system.repository, '+refs/heads/raw:refs/heads/raw'], { gitDir: folder, credential });
    const { stdout } = await runGit(['cat-file', 'blob', `refs/heads/raw:${FILE}`], { gitDir: folder });
    await writeFile(join(folder, 'written'), stdout);
    return performance.now() - began;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
