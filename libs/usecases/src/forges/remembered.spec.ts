import { instant } from '@sluice/kernel';
import { z } from 'zod';
import type { ForgeMemory } from '../ports/index.js';
import { hear, Remembered } from './remembered.js';

const KEY = 'reviews:shop:7/';
const zText = z.string();

function memoryInProcess(): ForgeMemory {
  const kept = new Map<string, string>();
  return {
    get: (key) => Promise.resolve(kept.get(key)),
    put: (key, value) => Promise.resolve(void kept.set(key, value)),
    forget: (prefix) => Promise.resolve([...kept.keys()].filter((key) => key.startsWith(prefix)).forEach((key) => kept.delete(key))),
  };
}

describe('an answer of a forge', () => {
  let memory: ForgeMemory;
  let remembered: Remembered;
  beforeEach(() => {
    memory = memoryInProcess();
    remembered = new Remembered(memory, () => instant(0));
  });
  const ask = (answer: string): Promise<string> => remembered.get(KEY, zText, () => Promise.resolve(answer));

  it('is asked for once, until the forge tells of a change', async () => {
    expect([await ask('first'), await ask('second')]).toEqual(['first', 'first']);
    await hear(memory, KEY);
    expect([await ask('third'), await ask('fourth')]).toEqual(['third', 'third']);
  });

  it('counts once only when the forge told of a change while it was on its way', async () => {
    const late = await remembered.get(KEY, zText, async () => {
      await hear(memory, KEY);
      return 'may be older';
    });
    expect([late, await ask('newer')]).toEqual(['may be older', 'newer']);
  });

  it('is known without asking of what is new, but not when the forge was faster to tell of it', async () => {
    await remembered.begin(KEY, 'nothing yet');
    expect(await ask('asked')).toBe('nothing yet');
    await remembered.forget(KEY);
    await hear(memory, KEY);
    await remembered.begin(KEY, 'nothing yet');
    expect(await ask('asked')).toBe('asked');
  });
});
