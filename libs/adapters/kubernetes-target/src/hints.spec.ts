import type { DriftScope } from './find-drift.js';
import { Hints } from './hints.js';

let now = 0;
const hints = () => new Hints(() => now);
const scopeOf = (asked: Hints, deep = false): Promise<DriftScope> => asked.look(deep, async (scope) => scope);

it('lets only what was told be looked at, for a while after everything was', async () => {
  const told = hints();
  told.add('a');
  expect(await scopeOf(told)).toEqual({ deep: false, only: undefined });
  told.add('b');
  expect(await scopeOf(told)).toEqual({ deep: false, only: new Set(['b']) });
  now += 60_000;
  told.add('c');
  expect(await scopeOf(told)).toEqual({ deep: false, only: undefined });
});

it('lets everything be looked at when nothing was told, when something was missed, after a failure, and when asked to', async () => {
  const told = hints();
  await scopeOf(told);
  expect((await scopeOf(told)).only).toBeUndefined();
  told.add('a');
  told.forget();
  expect((await scopeOf(told)).only).toBeUndefined();
  told.add('a');
  await expect(told.look(false, () => Promise.reject(new Error('no answer')))).rejects.toThrow();
  told.add('b');
  expect((await scopeOf(told)).only).toBeUndefined();
  told.add('c');
  expect((await scopeOf(told, true)).only).toBeUndefined();
});
