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

/** For rows of the design's table: every way on PostgreSQL and Redis; embedded, where those are not installed, the first of them. */
export function describeInEveryWay(title: string, suite: (world: () => World, way: Way) => void): void {
  const describeAll = servicesAvailable() ? describeOnServices : describeCombinations;
  describeAll(title, (combination) =>
    inWorld(combination, (world) => {
      for (const mergeMethod of ['squash', 'rebase', 'merge'] as const) {
        for (const polled of ['all at once', 'step by step'] as const) {
          const isFirst = mergeMethod === 'squash' && polled === 'all at once';
          if (!isFirst && combination.name === 'embedded') continue;
          const once = (name: string, test: () => Promise<void>): void => void (isFirst && it(name, test));
          describe(`merged by ${mergeMethod}, polled ${polled}`, () => suite(world, { mergeMethod, polled, once }));
        }
      }
    }),
  );
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
