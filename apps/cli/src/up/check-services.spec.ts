import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { Unavailable } from '@sluice/kernel';
import { checkServices } from './check-services.js';

describe('the services that up shall run on', () => {
  let listening: Server;
  let port: number;
  beforeAll(async () => {
    listening = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    ({ port } = listening.address() as AddressInfo);
  });
  afterAll(() => new Promise((resolve) => listening.close(resolve)));

  const here = (): string => `127.0.0.1:${port}`;

  it('are looked for before anything is started', async () => {
    await checkServices({ backing: { redis: `redis://${here()}`, database: `postgres://sluice:hunter2@${here()}/sluice` } });
    await checkServices({});
  });

  it.each(['redis', 'database'])('are named when one is not there (%s), without a password', async (missing) => {
    const backing = { redis: `redis://${here()}`, database: `postgres://${here()}/x`, [missing]: `${missing === 'redis' ? 'redis' : 'postgres'}://sluice:hunter2@127.0.0.1:1/x` };
    const checking = checkServices({ backing });
    await expect(checking).rejects.toThrow(Unavailable);
    await expect(checking).rejects.toThrow(`--${missing}: nothing answers at 127.0.0.1:1`);
    await expect(checking).rejects.not.toThrow(/hunter2/);
  });

  it('are left to the driver when the database is reached by a socket in a folder', async () => {
    await checkServices({ backing: { redis: `redis://${here()}`, database: 'postgres://sluice@localhost/sluice?host=/run/postgresql' } });
  });
});
