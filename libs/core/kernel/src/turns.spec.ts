import { Turns } from './turns.js';

describe('turns', () => {
  it('are taken one after the other for one key, in the order they were asked for, also after one has failed', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (name === 'first') throw new Error('no');
    };
    const first = turns.take('qa', work('first'));
    const second = turns.take('qa', work('second'));
    await expect(first).rejects.toThrow('no');
    await second;
    expect(seen).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('of different keys do not wait for each other', async () => {
    const turns = new Turns();
    let open = (): void => undefined;
    const slow = turns.take('qa', () => new Promise<void>((done) => (open = done)));
    expect(await turns.take('prod', () => Promise.resolve('done'))).toBe('done');
    open();
    await slow;
  });
});
