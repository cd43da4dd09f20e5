import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { Unavailable } from '@sluice/kernel';
import { describeOnServices } from '@sluice/testing';
import type { Services } from '@sluice/testing';
import { checkServices } from './check-services.js';

const NOBODY = '127.0.0.1:1';

describe('the services that up shall run on', () => {
  it.each([
    ['redis', `redis://ada:hunter2@${NOBODY}/0`],
    ['database', `postgres://sluice:hunter2@${NOBODY}/x`],
  ])('are named when one is not there (--%s), without a password', async (missing, url) => {
    // the other one is looked for in a folder, which is left to its driver
    const backing = { redis: 'redis:///run/redis', database: 'postgres://sluice@localhost/sluice?host=/run/postgresql', [missing]: url };
    const checking = checkServices({ backing });
    await expect(checking).rejects.toThrow(Unavailable);
    await expect(checking).rejects.toThrow(`--${missing}: nothing answers at ${NOBODY}`);
    await expect(checking).rejects.not.toThrow(/hunter2/);
  });

  describe('when something else listens', () => {
    let listening: Server;
    let here: string;
    beforeAll(async () => {
      listening = createServer((socket) => void socket.on('error', () => undefined).once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
      await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
      here = `127.0.0.1:${(listening.address() as AddressInfo).port}`;
    });
    afterAll(() => new Promise((resolve) => listening.close(resolve)));

    it.each([
      ['redis', 'redis:', 'Redis'],
      ['database', 'postgres:', 'PostgreSQL'],
    ])('--%s is not taken for what it is not', async (option, protocol, name) => {
      const backing = { redis: 'redis:///run/redis', database: 'postgres:///sluice', [option]: `${protocol}//${here}/0` };
      await expect(checkServices({ backing })).rejects.toThrow(`--${option}: what answers at ${here} is not ${name}: correct the address`);
    });
  });

  it('are none on the embedded database', async () => {
    await checkServices({});
  });
});

describeOnServices('real services', (combination) => {
  let services: Services;
  beforeAll(async () => void (services = await combination.start()));
  afterAll(() => services.stop());

  it('are found before anything is started', async () => {
    if (services.kind === 'embedded') throw new Error('this suite is about services');
    await checkServices({ backing: { redis: services.redis.url, database: services.databaseUrl } });
  });
});
