import { PassThrough } from 'node:stream';
import { closeAll, onEnd } from './lifeline.js';

describe('onEnd', () => {
  it('ends a child when its standard input closes', async () => {
    const input = new PassThrough();
    const reason = new Promise((resolve) => onEnd({ parent: 'stdin', input }, resolve));
    input.write('ignored');
    input.end();
    await expect(reason).resolves.toBe('parent-gone');
  });

  it('calls back once, for the first reason', async () => {
    const input = new PassThrough();
    const reasons: string[] = [];
    const stop = onEnd({ parent: 'stdin', input }, (reason) => reasons.push(reason));
    input.destroy(new Error('broken pipe'));
    await new Promise((resolve) => input.once('close', resolve));
    expect(reasons).toEqual(['parent-gone']);
    stop();
  });

  it('does not listen to standard input unless a parent is named', () => {
    const before = process.stdin.listenerCount('end');
    const stop = onEnd({}, () => undefined);
    expect(process.stdin.listenerCount('end')).toBe(before);
    stop();
  });
});

describe('closeAll', () => {
  it('closes in order, and goes on when one fails or hangs', async () => {
    const closed: string[] = [];
    const failures = await closeAll(
      [
        { name: 'http', close: () => void closed.push('http') },
        { name: 'queue', close: () => Promise.reject(new Error('no connection')) },
        { name: 'hung', close: () => new Promise<void>(() => undefined) },
        { name: 'database', close: () => void closed.push('database') },
      ],
      20,
    );
    expect(closed).toEqual(['http', 'database']);
    expect(failures.map(({ name }) => name)).toEqual(['queue', 'hung']);
  });
});
