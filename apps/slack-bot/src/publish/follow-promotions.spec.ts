import { createLogger } from '@sluice/runtime';
import { Notes } from '../sluice/notes.js';
import { SluiceApi } from '../sluice/sluice-api.js';
import { FollowPromotions } from './follow-promotions.js';
import type { Publisher } from './publisher.js';

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

it('leaves nothing behind when it is ended before it has read where to go on', async () => {
  const api = new SluiceApi({ url: 'http://127.0.0.1:9', token: 'none' });
  const ending = new AbortController();
  const notes = new Notes(api, { team: 'T1', answerWithin: 1_000 });
  notes.cursor = () => {
    ending.abort();
    return Promise.resolve(undefined);
  };
  const before = timers();
  await new FollowPromotions({ api, notes, publisher: {} as Publisher, log: createLogger({ name: 'test', level: 'silent' }), signal: ending.signal, sweep: 60_000 }).run();
  expect(timers()).toBe(before);
});
