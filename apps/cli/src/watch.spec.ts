import { NotFound, Unavailable } from '@sluice/kernel';
import type { Context } from './context.js';
import { watched } from './watch.js';

describe('a command that is watched', () => {
  /** Looks that say or throw one thing after the other; the last one has nothing, and ends it. */
  async function seen(interactive: boolean, ...looks: readonly (string | Error)[]): Promise<readonly string[]> {
    const written: string[] = [];
    const context: Context = { terminal: { out: (text) => void written.push(text), err: (text) => void written.push(text), interactive, now: () => 0 }, environment: {}, folder: '.' };
    const left = [...looks];
    const show = async ({ terminal }: Context): Promise<void> => {
      const look = left.shift() ?? new NotFound('no more');
      if (look instanceof Error) throw look;
      terminal.out(look);
    };
    await expect(watched(context, { watch: true }, show, 1)).rejects.toThrow('no more');
    return written;
  }

  it('is written when it says something else, which an age is not', async () => {
    expect(await seen(false, 'web 1s', 'web 3s', 'web 1m 3s Failed', 'web 1m 5s Failed')).toEqual(['web 1s', 'web 1m 3s Failed']);
  });

  it('says that the server is away, and goes on', async () => {
    expect(await seen(false, 'web', new Unavailable('nobody answers'), new Unavailable('nobody answers'), 'web')).toEqual(['web', 'sluice: nobody answers', 'web']);
  });

  it('takes the place of what was on a terminal, every time', async () => {
    const written = await seen(true, 'web 1s', 'web 3s');
    expect(written).toHaveLength(2);
    expect(written[1]).toMatch(/^\u001b\[H\u001b\[2J.*until Ctrl-C.*\n\nweb 3s$/s);
  });

  it('is shown once where nobody asked to watch, and fails as it ever did', async () => {
    const context: Context = { terminal: { out: () => undefined, err: () => undefined, interactive: false, now: () => 0 }, environment: {}, folder: '.' };
    await expect(watched(context, {}, () => Promise.reject(new Unavailable('nobody answers')))).rejects.toBeInstanceOf(Unavailable);
  });
});
