import { describeCombinations, describeOnServices } from '@sluice/testing';
import type { Combination, Services } from '@sluice/testing';
import { openWorld } from './world.fixture.js';
import type { World } from './world.fixture.js';

/** Runs a suite in a world of its own on each of the two combinations. The world is there while tests and hooks run. */
export function describeWorlds(title: string, suite: (world: () => World) => void): void {
  describeCombinations(title, (combination) => inWorld(combination, suite));
}

/** The same on PostgreSQL and Redis only: for what one session cannot show. */
export function describeWorldOnServices(title: string, suite: (world: () => World) => void): void {
  describeOnServices(title, (combination) => inWorld(combination, suite));
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
