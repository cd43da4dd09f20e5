import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { API } from '@sluice/contracts';
import type { LocalSystem } from '@sluice/testing';
import { WorkTree } from '../system/work-tree.js';
import { builtInPlace, type MergeMethod } from './built-in-place.js';
import { doublePlace } from './double-place.js';
import type { TrialForgeKind } from './doubles.js';
import { OWN, expectedFiles, trialPipeline } from './expectations.js';
import { ENVIRONMENTS, type TrialPlace } from './place.js';
import { applicationsOf } from './releases.js';
import type { Release } from './releases.js';
import { requestFindings, historyFindings } from './review.js';

const RELEASE_WITHIN = 240_000;

export interface TrialOptions {
  readonly forge: 'built-in' | TrialForgeKind;
  readonly mergeMethod: MergeMethod;
}

type Times = Readonly<Record<(typeof ENVIRONMENTS)[number], number>>;

export interface TrialReport {
  readonly releases: readonly { readonly release: string; readonly secondsTo: Times }[];
  readonly requests: number;
  readonly merges: number;
  readonly composes: number;
  /** What is not as it should be; empty when all is right. */
  readonly findings: readonly string[];
}

/** Pushes each release to dev in turn, approves what prod asks for, and compares every tree, every step of every branch and every request with what should be. */
export async function runTrial(releases: readonly Release[], { forge, mergeMethod }: TrialOptions, tell: (text: string) => void): Promise<TrialReport> {
  const [first, ...rest] = releases as [Release, ...Release[]];
  const seed = await WorkTree.create();
  try {
    await seed.orphan('main', new Map([['sluice.yaml', trialPipeline(releases)]]));
    for (const environment of ENVIRONMENTS) await seed.orphan(environment, expectedFiles(first, OWN[environment]));
    tell(`${releases.length} releases, ${applicationsOf(first.files).length} applications, on ${forge}, merged by ${mergeMethod}; starting Sluice`);
    const place = await (forge === 'built-in' ? builtInPlace(seed.folder, mergeMethod) : doublePlace(forge, seed, mergeMethod));
    try {
      return await pushReleases(place, first, rest, tell);
    } finally {
      await place.stop();
    }
  } finally {
    await seed.remove();
  }
}

async function pushReleases(place: TrialPlace, first: Release, rest: readonly Release[], tell: (text: string) => void): Promise<TrialReport> {
  const tree = await WorkTree.create(place.remote.environment);
  const times: { release: string; secondsTo: Times }[] = [];
  const findings: string[] = [];
  try {
    await tree.git('remote', 'add', 'origin', place.remote.url);
    await arrive(place, first, Date.now());
    // What the environments have in common is recorded before the first change, else the first promotion is an adoption.
    await settled(place);
    for (const release of rest) {
      await tree.git('fetch', '--quiet', 'origin');
      await tree.git('checkout', '--quiet', '--force', '-B', 'dev', 'origin/dev');
      await tree.replace(expectedFiles(release, OWN.dev), `release ${release.name}`);
      const began = Date.now();
      await tree.git('push', '--quiet', 'origin', 'dev');
      const secondsTo = await arrive(place, release, began);
      times.push({ release: release.name, secondsTo });
      tell(`${release.name}: dev ${secondsTo.dev.toFixed(1)} s, qa ${secondsTo.qa.toFixed(1)} s, prod ${secondsTo.prod.toFixed(1)} s`);
    }
    await settled(place);
    findings.push(...(await treeFindings(place, rest.at(-1) ?? first)));
    findings.push(...(await historyFindings(tree, [first, ...rest])));
    const requests = await place.requests();
    findings.push(...requestFindings(requests), ...(await place.findings(requests, tell)));
    const composes = await composeCount(place.system);
    return { releases: times, requests: requests.length, merges: requests.filter((request) => request.state === 'merged').length, composes, findings };
  } finally {
    await tree.remove();
  }
}

/** Waits until every environment's folder is what the release says, approving on the way. @throws Error that says what waits when it takes too long. */
async function arrive(place: TrialPlace, release: Release, began: number): Promise<Times> {
  const reached: Partial<Record<(typeof ENVIRONMENTS)[number], number>> = {};
  while (ENVIRONMENTS.some((environment) => reached[environment] === undefined)) {
    for (const environment of ENVIRONMENTS) {
      if (reached[environment] === undefined && (await differences(place, environment, release)).length === 0) reached[environment] = (Date.now() - began) / 1000;
    }
    if (Date.now() - began > RELEASE_WITHIN) throw new Error(`${release.name} has not arrived within ${RELEASE_WITHIN / 1000} s.\n${await explain(place, release)}`);
    await place.approve();
    await pause(100);
  }
  return reached as Times;
}

async function explain(place: TrialPlace, release: Release): Promise<string> {
  const { items } = await place.system.call(API.why);
  const waits = items.slice(0, 5).map((item) => `${item.application ?? ''} → ${item.environment}: ${item.condition}: ${item.message}; ${item.verdicts.map((verdict) => `${verdict.gate} ${verdict.outcome}: ${verdict.message}`).join('; ')}`);
  const wrong = (await Promise.all(ENVIRONMENTS.map(async (environment) => (await differences(place, environment, release)).slice(0, 3).map((path) => `${environment}: ${path}`)))).flat();
  return [...waits, ...wrong].join('\n');
}

/** Waits until no lane has anything on its way. */
async function settled({ system, repository }: TrialPlace): Promise<void> {
  for (const until = Date.now() + RELEASE_WITHIN; Date.now() < until; await pause(200)) {
    const matrix = await system.call(API.matrix, { params: { repository } });
    if (matrix.cells.every((cell) => cell.condition === 'in-sync' || cell.environment === 'dev')) return;
  }
  throw new Error(`it does not come to rest:\n${JSON.stringify((await system.call(API.why)).items.slice(0, 3))}`);
}

async function treeFindings(place: TrialPlace, release: Release): Promise<readonly string[]> {
  const findings: string[] = [];
  for (const environment of ENVIRONMENTS) findings.push(...(await differences(place, environment, release)).map((path) => `${environment}/${path} is not as ${release.name} should be there`));
  return findings;
}

/** Paths of an environment's folder that are missing, too many or different. */
async function differences(place: TrialPlace, environment: (typeof ENVIRONMENTS)[number], release: Release): Promise<readonly string[]> {
  const wanted = expectedFiles(release, OWN[environment]);
  const found = await readFolder(place.folderOf(environment));
  return [...new Set([...wanted.keys(), ...found.keys()])].filter((path) => wanted.get(path) !== found.get(path));
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) files.set(relative(folder, path), text);
  }
  return files;
}

/** From the server's own counter. */
async function composeCount(system: LocalSystem): Promise<number> {
  const text = await (await fetch(new URL(API.metrics.path, system.url))).text();
  return Number(/^sluice_composes (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}
