import { instant, later } from '@sluice/kernel';
import type { Message } from '@sluice/notify';
import type { Delivered, Lease, Notification } from '../ports/index.js';
import { DeliverNotifications, type DeliveryPorts } from './deliver-notifications.js';

const LEASE: Lease = { key: 'notifications', holder: 'world', fence: 1 };
const BEGIN = instant(Date.parse('2026-11-01T00:00:00Z'));

/** Rows in memory, a clock that a test moves, and one webhook that answers as the test says. */
function telling() {
  const rows: Notification[] = [];
  const tried: number[] = [];
  const world = { now: BEGIN, answer: { kind: 'sent' } as Delivered };
  const change = (fits: (row: Notification) => boolean, fields: Partial<Notification>): void => rows.forEach((row, index) => fits(row) && (rows[index] = { ...row, ...fields }));
  const notifications: Partial<DeliveryPorts['notifications']> = {
    due: (state, now) => Promise.resolve(rows.filter((row) => row.state === state && row.dueAt <= now)),
    list: ({ states, target, before = Infinity, limit }) => Promise.resolve([...rows].reverse().filter((row) => states?.includes(row.state) && row.target === target && row.id < before).slice(0, limit)),
    settle: (id, settled) => Promise.resolve(change((row) => row.id === id, settled)),
    postpone: (target, until) => Promise.resolve(change((row) => row.target === target && row.state === 'waiting' && row.dueAt < until, { dueAt: until })),
  };
  const ports = {
    clock: () => world.now,
    transactions: { run: <T>(work: () => Promise<T>) => work() },
    notifications,
    notificationEndpoints: { get: () => Promise.resolve({ name: 'audit', host: 'hooks.example.org', sealed: JSON.stringify({ url: 'https://hooks.example.org', secret: '' }), changedAt: BEGIN }) },
    sealer: { open: (sealed: string) => sealed, seal: (secret: string) => secret },
    webhooks: {
      send: (_access: unknown, message: Message) => {
        tried.push(message.kind === 'one' ? Number(message.notice.id) : 0);
        return Promise.resolve(world.answer);
      },
    },
  } as unknown as DeliveryPorts;
  const deliver = new DeliverNotifications(ports, () => 0.5);
  const happens = (id: number): void => void rows.push({ id, key: String(id), target: 'webhook:audit', state: 'waiting', message: { kind: 'one', notice: { id: String(id) } } as Message, createdAt: world.now, dueAt: world.now, attempts: 0 });
  const after = async (milliseconds: number): Promise<readonly number[]> => {
    world.now = later(world.now, milliseconds);
    tried.length = 0;
    await deliver.run(LEASE, () => Promise.resolve(true));
    return [...tried];
  };
  return { world, happens, after };
}

describe('a target that does not answer', () => {
  it('is asked at its time, however much happens meanwhile, and then told all in order', async () => {
    const { world, happens, after } = telling();
    world.answer = { kind: 'temporary', message: 'it answers with status 500' };
    happens(1);
    expect(await after(0)).toEqual([1]);
    // 10 s later at the earliest, and then 20 s
    happens(2);
    expect(await after(5_000)).toEqual([]);
    expect(await after(6_000)).toEqual([1]);
    happens(3);
    expect(await after(12_000)).toEqual([]);
    world.answer = { kind: 'sent' };
    expect(await after(10_000)).toEqual([1, 2, 3]);
    happens(4);
    expect(await after(0)).toEqual([4]);
  });
});
