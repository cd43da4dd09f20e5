import { Unavailable } from '@sluice/kernel';
import { AnswerCommands } from './answer-commands.js';
import type { Command } from './ports/control-plane.js';

function setUp() {
  const handled: string[] = [];
  const acknowledged: string[][] = [];
  let down = false;
  const waiting: Command[] = [];
  const commands = new AnswerCommands({
    handle: ({ id }) => handled.push(id),
    control: {
      commands: async () => waiting,
      acknowledge: async (ids) => {
        if (down) throw new Unavailable('down');
        acknowledged.push([...ids]);
      },
    },
  });
  return { handled, acknowledged, waiting, commands, setDown: (value: boolean) => (down = value) };
}

describe('commands', () => {
  it('are handled once each, in order, and never coalesced', () => {
    const { commands, handled } = setUp();
    for (const id of ['a', 'b', 'a', 'c']) commands.offer({ id, kind: 'report' });
    expect(handled).toEqual(['a', 'b', 'c']);
  });

  it('stay owed until the server took the acknowledgement', async () => {
    const { commands, acknowledged, setDown } = setUp();
    commands.offer({ id: 'a', kind: 'report' });
    setDown(true);
    await expect(commands.acknowledge()).rejects.toThrow('down');
    expect(commands.pending).toBe(true);
    setDown(false);
    await commands.acknowledge();
    expect(acknowledged).toEqual([['a']]);
    expect(commands.pending).toBe(false);
  });

  it('that come again are acknowledged again and not handled again', async () => {
    const { commands, acknowledged, handled, waiting } = setUp();
    waiting.push({ id: 'a', kind: 'report' });
    await commands.poll();
    await commands.acknowledge();
    await commands.poll();
    await commands.acknowledge();
    expect(handled).toEqual(['a']);
    expect(acknowledged).toEqual([['a'], ['a']]);
  });

  it('are acknowledged in portions that the protocol allows', async () => {
    const { commands, acknowledged } = setUp();
    for (let index = 0; index < 1_200; index += 1) commands.offer({ id: String(index), kind: 'report' });
    await commands.acknowledge();
    expect(acknowledged.map((ids) => ids.length)).toEqual([500, 500, 200]);
  });
});
