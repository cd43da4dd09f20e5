import { clusterName } from '@sluice/kernel';
import type { EventStream } from '../http/event-stream.js';
import { AgentConnections } from './agent-connections.js';

describe('the time over which agents come back', () => {
  /** Nothing of a stream is looked at but its end. */
  const stream = (): { readonly stream: EventStream; readonly end: () => void } => {
    const listeners: (() => void)[] = [];
    return { stream: { onEnd: (listener: () => void) => listeners.push(listener), end: () => undefined } as unknown as EventStream, end: () => listeners.forEach((listener) => listener()) };
  };

  it('grows with the fleet, and never goes below a second', () => {
    const connections = new AgentConnections();
    expect(connections.spread).toBe(1_000);
    const streams = Array.from({ length: 1_000 }, (_, index) => {
      const one = stream();
      connections.add(clusterName(`c-${index}`), one.stream);
      return one;
    });
    expect(connections.spread).toBe(10_000);
    for (const { end } of streams) end();
    expect([connections.size, connections.spread]).toEqual([0, 1_000]);
  });
});
