import { clusterName } from '@sluice/kernel';
import type { EventStream } from '../http/event-stream.js';
import { AgentConnections } from './agent-connections.js';

describe('the time over which agents come back', () => {
  /** Nothing of a stream is looked at but its end. */
  const stream = (): { readonly stream: EventStream; readonly told: { spread?: number; times: number }; readonly end: () => void } => {
    const told: { spread?: number; times: number } = { times: 0 };
    const listeners: (() => void)[] = [];
    return { stream: { onEnd: (listener: () => void) => listeners.push(listener), end: () => undefined, comeBackWithin: (spread: number) => Object.assign(told, { spread, times: told.times + 1 }) } as unknown as EventStream, told, end: () => listeners.forEach((listener) => listener()) };
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

  it('is told to those that came first as well, when many have come since', () => {
    const connections = new AgentConnections();
    const streams = Array.from({ length: 1_000 }, (_, index) => {
      const one = stream();
      connections.add(clusterName(`c-${index}`), one.stream);
      return one;
    });
    const told = streams.map((one) => one.told.spread ?? 0);
    // no one less than half of what it should be, and each but seldom
    expect(Math.min(...told)).toBeGreaterThanOrEqual(connections.spread / 2);
    expect(streams.reduce((sum, one) => sum + one.told.times, 0)).toBeLessThan(3 * streams.length);
  });
});
