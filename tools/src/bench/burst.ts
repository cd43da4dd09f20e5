import { setTimeout as pause } from 'node:timers/promises';
import { API } from '@sluice/contracts';
import { LocalSystem, servicesAvailable, startPostgres, startRedis } from '@sluice/testing';
import type { SystemOptions } from '@sluice/testing';
import { WorkTree } from '../system/work-tree.js';
import { counters } from './counters.js';
import { report } from './measure.js';

const WITHIN = 300_000;
const ENVIRONMENTS = ['dev', 'qa', 'prod'] as const;
function pipelineOf(names: readonly string[]): string {
  return `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: bench }
spec:
  environments:
    - { name: dev, branch: dev }
    - { name: qa, branch: qa, from: [dev], gates: [{ name: dev-healthy, type: health, soak: 0s }] }
    - { name: prod, branch: prod, from: [qa], gates: [{ name: qa-healthy, type: health, soak: 0s }] }
  applications:
${names.map((name) => `    - { name: ${name}, paths: ["apps/${name}/**"] }`).join('\n')}
`;
}

/** 100 applications change at once, from dev to prod, on both combinations. */
export async function benchBurst(applications = 100): Promise<void> {
  await burstOn('embedded', {}, applications);
  if (!servicesAvailable()) return void process.stderr.write('NOT MEASURED on PostgreSQL and Redis: they are not installed\n');
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  try {
    await burstOn('postgres+redis', { backing: { database: postgres.url, redis: redis.url } }, applications);
  } finally {
    await Promise.all([postgres.stop(), redis.stop()]);
  }
}

async function burstOn(combination: string, options: SystemOptions, applications: number): Promise<void> {
  const names = Array.from({ length: applications }, (_, index) => `app-${index}`);
  const seed = await WorkTree.create();
  const files = (value: string): ReadonlyMap<string, string> => new Map(names.map((name) => [`apps/${name}/config.yaml`, `kind: ConfigMap\nmetadata: { name: ${name} }\ndata: { value: "${value}" }\n`]));
  await seed.orphan('main', new Map([['sluice.yaml', pipelineOf(names)]]));
  for (const environment of ENVIRONMENTS) await seed.orphan(environment, files('0'));
  const system = await LocalSystem.start({ ...options, repository: seed.folder });
  const tree = await WorkTree.create(system.gitEnvironment);
  try {
    await live(system, 'in-sync', applications);
    await tree.git('remote', 'add', 'origin', system.repository);
    await tree.git('fetch', '--quiet', 'origin');
    await tree.git('checkout', '--quiet', '-B', 'dev', 'origin/dev');
    await tree.replace(files('1'), 'change all');
    const before = await counters(system);
    const began = performance.now();
    await tree.git('push', '--quiet', 'origin', 'dev');
    const origin = (await tree.git('rev-parse', 'HEAD')).trim();
    await live(system, origin, applications);
    const seconds = (performance.now() - began) / 1000;
    const after = await counters(system);
    const promotions = applications * 2;
    const of = (name: string): number => ((after.get(name) ?? 0) - (before.get(name) ?? 0)) / promotions;
    report({ bench: 'burst', measure: `${combination}: promotions a second`, value: promotions / seconds, unit: '1/s', goal: 'at least 5' });
    report({ bench: 'burst', measure: `${combination}: composes a promotion`, value: of('composes'), unit: '', goal: 'at most 2' });
    report({ bench: 'burst', measure: `${combination}: forge calls a promotion`, value: of('forge_calls'), unit: '' });
    report({ bench: 'burst', measure: `${combination}: git processes a promotion`, value: of('git_processes'), unit: '' });
    for (const name of [...after.keys()].filter((counter) => counter.startsWith('git ') && of(counter) >= 0.05)) {
      report({ bench: 'burst', measure: `${combination}: ${name} a promotion`, value: of(name), unit: '' });
    }
  } finally {
    await tree.remove();
    await seed.remove();
    await system.stop();
  }
}

/** Until prod has everything: by the commit that it comes from, or just in sync. */
async function live(system: LocalSystem, origin: string, applications: number): Promise<void> {
  for (const until = Date.now() + WITHIN; Date.now() < until; await pause(500)) {
    const matrix = await system.call(API.matrix, { params: { repository: system.repositoryId } });
    const cells = matrix.cells.filter((cell) => cell.environment !== 'dev');
    if (cells.length === applications * 2 && cells.every((cell) => cell.condition === 'in-sync' && cell.health === 'Current' && (origin === 'in-sync' || cell.origin === origin))) return;
  }
  throw new Error(`not live within ${WITHIN / 1000} s: ${JSON.stringify((await system.call(API.why)).items.slice(0, 3))}`);
}
