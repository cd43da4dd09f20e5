import { describeCombinations, describeOnServices, servicesAvailable } from '@sluice/testing';
import type { Combination, Services } from '@sluice/testing';
import type { MergeMethod } from '@sluice/usecases';
import { openWorld } from './world.fixture.js';
import type { Polling, World } from './world.fixture.js';

/**
 * Runs a suite in a world of its own, on PostgreSQL and Redis, or embedded where those are not installed: what stores and queues do is the same in both, which their contract suites see to. The world is
 * there while tests and hooks run.
 */
export function describeWorlds(title: string, suite: (world: () => World) => void): void {
  if (servicesAvailable()) describeWorldOnServices(title, suite);
  else describeBothWorlds(title, suite);
}

/** On each of the two combinations: what is told here depends on time, transactions or what is kept. */
export function describeBothWorlds(title: string, suite: (world: () => World) => void): void {
  describeCombinations(title, (combination) => inWorld(combination, suite));
}

/** On PostgreSQL and Redis only: for what one session cannot show. */
export function describeWorldOnServices(title: string, suite: (world: () => World) => void): void {
  describeOnServices(title, (combination) => inWorld(combination, suite));
}

/** How requests are merged, and whether Sluice looks after each push or only when all have been made. */
export interface Way {
  readonly mergeMethod: MergeMethod;
  readonly polled: Polling;
  /** A test of what is around a row of the table: in the first way only. */
  readonly once: (title: string, test: () => Promise<void>) => void;
}

type Combined = Pick<Way, 'mergeMethod' | 'polled'>;

/** The first one is all that embedded services are asked for. */
const FIRST: Combined = { mergeMethod: 'squash', polled: 'all at once' };

/** Each method of merging and each way of looking; all of both for the method that most use. */
const WAYS: readonly Combined[] = [FIRST, { mergeMethod: 'squash', polled: 'step by step' }, { mergeMethod: 'rebase', polled: 'step by step' }, { mergeMethod: 'merge', polled: 'all at once' }];

/** The two that are left: how often Sluice looks and how the forge merges touch in nothing that is known. `SLUICE_EVERY_WAY=1` runs them as well. */
const RARE: readonly Combined[] = [
  { mergeMethod: 'rebase', polled: 'all at once' },
  { mergeMethod: 'merge', polled: 'step by step' },
];

/** For rows of the design's table: in several ways on PostgreSQL and Redis; embedded, where those are not installed, in the first of them. */
export function describeInEveryWay(title: string, suite: (world: () => World, way: Way) => void): void {
  const describeAll = servicesAvailable() ? describeOnServices : describeCombinations;
  describeAll(title, (combination) => inWorld(combination, (world) => inEachWay(combination.name === 'embedded' ? [FIRST] : waysOnServices(), world, suite)));
}

function waysOnServices(): readonly Combined[] {
  return process.env['SLUICE_EVERY_WAY'] === '1' ? [...WAYS, ...RARE] : WAYS;
}

function inEachWay(ways: readonly Combined[], world: () => World, suite: (world: () => World, way: Way) => void): void {
  for (const way of ways) {
    const once = (name: string, test: () => Promise<void>): void => void (way === FIRST && it(name, test));
    describe(`merged by ${way.mergeMethod}, polled ${way.polled}`, () => suite(world, { ...way, once }));
  }
}

function inWorld(combination: Combination, suite: (world: () => World) => void): void {
  let services: Services | undefined;
  let world: World | undefined;
  beforeAll(async () => {
    services = await combination.start();
    world = await openWorld(services);
  }, 60_000);
  afterAll(async () => {
    await world?.close();
    await services?.stop();
  });
  suite(() => {
    if (!world) throw new Error('the world is there only while tests run');
    return world;
  });
}
