import { createLogger } from '@sluice/runtime';
import { Lane } from './lane.js';

const log = createLogger({ name: 'test', level: 'silent' });
const HOUR = 3_600_000;
const MOMENT = 30;
let lane: Lane;
let runs = 0;
afterEach(() => lane.stop());

/** Starts a lane whose runs come out like this, one after the other, and then well; it waits an hour between two. */
function startLane(outcomes: readonly ('settled' | 'again' | Error | Promise<'settled'>)[], patience = HOUR): void {
  runs = 0;
  lane = new Lane({
    name: 'test',
    log,
    interval: () => HOUR,
    patience: () => patience,
    run: async () => {
      const outcome = outcomes[runs++] ?? 'settled';
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  });
  lane.start();
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function ran(times: number): Promise<void> {
  while (runs < times) await pause(1);
  await pause(MOMENT);
}

describe('a lane', () => {
  it('runs at its start and when it is woken', async () => {
    startLane([]);
    await ran(1);
    lane.wake();
    await ran(2);
    expect(runs).toBe(2);
  });

  it('runs once more when it is woken during a run, however often', async () => {
    let finish: (outcome: 'settled') => void = () => undefined;
    startLane([new Promise((resolve) => (finish = resolve))]);
    await ran(1);
    lane.wake();
    lane.wake();
    finish('settled');
    await ran(2);
    expect(runs).toBe(2);
  });

  it('tries again after a failure until it succeeds', async () => {
    startLane([new Error('x'), 'again', 'settled'], 1);
    await ran(3);
    expect(runs).toBe(3);
  });

  it('is woken out of the wait after a failure by what is urgent', async () => {
    startLane(Array.from({ length: 100 }, () => new Error('x')));
    await ran(1);
    const before = runs;
    lane.wake();
    await ran(before + 1);
    expect(runs).toBeGreaterThan(before);
  });

  it('does not come again soon after a failure when many are to be spread', async () => {
    let tries = 0;
    lane = new Lane({ name: 'test', log, interval: () => HOUR, patience: () => 1, spread: () => HOUR, run: async () => {
      tries += 1;
      throw new Error('down');
    } });
    lane.start();
    await pause(MOMENT);
    expect(tries).toBe(1);
  });

  it('rests after a run, and looks once at all that came meanwhile', async () => {
    const began: number[] = [];
    lane = new Lane({ name: 'test', log, interval: () => HOUR, rest: () => 200, run: async () => (began.push(performance.now()), 'settled') });
    lane.start();
    while (began.length < 1) await pause(1);
    for (let wakes = 0; wakes < 5; wakes += 1) lane.wake();
    while (began.length < 2) await pause(1);
    await pause(MOMENT);
    expect(began).toHaveLength(2);
    expect((began[1] ?? 0) - (began[0] ?? 0)).toBeGreaterThan(190);
  });

  it('ends when told, in the middle of a wait', async () => {
    startLane([]);
    await ran(1);
    await lane.stop();
    lane.wake();
    await pause(MOMENT);
    expect(runs).toBe(1);
  });
});
