import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { API } from '@sluice/contracts';
import { LocalSystem } from '@sluice/testing';
import { WorkTree } from '../system/work-tree.js';
import { counters } from './counters.js';
import { report, timed } from './measure.js';

const APPLICATIONS = Array.from({ length: 50 }, (_, index) => `app-${index}`);
const TARGETS = ['qa', 'prod'] as const;
const WITHIN = 600_000;
const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: bench }
spec:
  environments:
    - { name: dev, branch: dev }
    - { name: qa, branch: qa, from: [dev] }
    - { name: prod, branch: prod, from: [qa] }
  applications:
${APPLICATIONS.map((name) => `    - { name: ${name}, paths: ["apps/${name}/**"] }`).join('\n')}
`;

/** A repository whose database is lost: from nothing but its git directory to the same promotions, against git reading the same ledgers. */
export async function benchRebuild(promotions = 1_000): Promise<void> {
  const disk = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    const repository = await promoteOnto(disk, promotions);
    const gitDir = join(disk, 'repositories', `${repository}.git`);
    const system = await LocalSystem.start({ data: disk, example: false });
    const tree = await WorkTree.create();
    try {
      const before = await counters(system);
      const rebuilt = await timed(() => system.call(API.createRepository, { body: { id: repository } }));
      const after = await counters(system);
      const reference = await timed(() => tree.git('--git-dir', gitDir, 'log', '--first-parent', '-m', '-p', ...TARGETS, '--', '.sluice'));
      const { items } = await system.call(API.rebuild, { body: { repository } });
      const restored = items[0]?.known ?? 0;
      report({ bench: 'rebuild', measure: 'promotions restored', value: restored, unit: '' });
      report({ bench: 'rebuild', measure: 'git processes a promotion', value: ((after.get('git_processes') ?? 0) - (before.get('git_processes') ?? 0)) / restored, unit: '' });
      report({ bench: 'rebuild', measure: 'from an empty database', value: rebuilt, unit: 'ms', reference: { name: 'git log of the same ledgers', value: reference }, goal: 'at most 30,000 for 1,000 promotions' });
    } finally {
      await tree.remove();
      await system.stop();
    }
  } finally {
    await rm(disk, { recursive: true, force: true });
  }
}

/** Runs promotions until there are so many, and leaves the repositories alone in the folder. @returns the repository. */
async function promoteOnto(disk: string, promotions: number): Promise<string> {
  const seed = await WorkTree.create();
  await seed.orphan('main', new Map([['sluice.yaml', PIPELINE]]));
  for (const environment of ['dev', ...TARGETS]) await seed.orphan(environment, files(0));
  const system = await LocalSystem.start({ repository: seed.folder });
  const tree = await WorkTree.create(system.gitEnvironment);
  try {
    await tree.git('remote', 'add', 'origin', system.repository);
    const rounds = Math.ceil(promotions / APPLICATIONS.length / TARGETS.length);
    await promoted(system, 1);
    for (let round = 2; round <= rounds; round += 1) {
      await tree.git('fetch', '--quiet', 'origin');
      await tree.git('checkout', '--quiet', '-B', 'dev', 'origin/dev');
      await tree.replace(files(round), `change ${round}`);
      await tree.git('push', '--quiet', 'origin', 'dev');
      await promoted(system, round);
      process.stderr.write(`${round * APPLICATIONS.length * TARGETS.length} promotions\n`);
    }
    await cp(join(system.data, 'repositories'), join(disk, 'repositories'), { recursive: true });
    return system.repositoryId;
  } finally {
    await system.stop();
    await tree.remove();
    await seed.remove();
  }
}

function files(value: number): ReadonlyMap<string, string> {
  return new Map(APPLICATIONS.map((name) => [`apps/${name}/config.yaml`, `kind: ConfigMap\nmetadata: { name: ${name} }\ndata: { value: "${value}" }\n`]));
}

/** Until the merges of this round are there, so that none replaces another in its request. */
async function promoted(system: LocalSystem, round: number): Promise<void> {
  const wanted = round * APPLICATIONS.length * TARGETS.length;
  for (const until = Date.now() + WITHIN; Date.now() < until; await pause(500)) {
    const { cells } = await system.call(API.matrix, { params: { repository: system.repositoryId } });
    const targets = cells.filter((cell) => cell.environment !== 'dev');
    if (targets.length * round === wanted && targets.every((cell) => cell.condition === 'in-sync') && (await isEverywhere(system, round))) return;
  }
  throw new Error(`round ${round} was not promoted within ${WITHIN / 1000} s`);
}

async function isEverywhere(system: LocalSystem, round: number): Promise<boolean> {
  const tree = await WorkTree.create(system.gitEnvironment);
  try {
    await tree.git('fetch', '--quiet', '--depth=1', system.repository, 'prod');
    if (round === 1) return true;
    const values = await tree.git('grep', '-c', `"${round}"`, 'FETCH_HEAD', '--', 'apps').catch(() => '');
    return values.trim().split('\n').length === APPLICATIONS.length;
  } finally {
    await tree.remove();
  }
}
