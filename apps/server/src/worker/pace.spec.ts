import { Pace } from './pace.js';

describe('a pace', () => {
  let now = 0;
  const waits: number[] = [];
  const pace = new Pace(
    () => now,
    async (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
    },
  );
  const taking = (milliseconds: number) => async (): Promise<void> => {
    now += milliseconds;
  };

  it('rests as long as the work took before it is done again, at most half a second', async () => {
    await pace.run('shop', taking(200));
    await pace.run('shop', taking(5_000));
    await pace.run('shop', taking(10));
    await pace.run('other', taking(10));
    expect(waits).toEqual([200, 500]);
    now += 10;
    await pace.run('shop', taking(10));
    expect(waits).toHaveLength(2);
  });

  it('counts work that failed', async () => {
    const failing = async (): Promise<void> => {
      now += 30;
      throw new Error('git does not answer');
    };
    now += 1_000;
    await expect(pace.run('shop', failing)).rejects.toThrow('git does not answer');
    await pace.run('shop', taking(1));
    expect(waits.at(-1)).toBe(30);
  });
});
