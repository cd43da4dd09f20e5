import { instant, personName, repositoryId, Unavailable } from '@sluice/kernel';
import type { ForgeCredential, ForgeStore, Person, RemoteForge, Repositories, Repository } from '../ports/index.js';
import { ConnectRepository } from './connect-repository.js';
import { passingMemory } from './passing-memory.js';
import { RemoteForges } from './remote-forges.js';

const SHOP = repositoryId('shop');
const ROOT: Person = { name: personName('root'), displayName: 'Root', emails: [], groups: [], admin: true };
const WANTED = { id: SHOP, credential: 'work', path: 'acme/shop', hook: true };

/** An operator's command over a forge of which only what connecting needs is there. */
function setUp({ rebuild = () => Promise.resolve(), hook = () => Promise.resolve(), path = 'acme/shop' }: { readonly rebuild?: () => Promise<void>; readonly hook?: () => Promise<void>; readonly path?: string }) {
  const known = new Map<string, Repository>();
  const memory = passingMemory();
  const credential: ForgeCredential = { name: 'work', kind: 'gitea', url: 'https://git.example.org', sealed: '', changedAt: instant(0) };
  const store = (repository: Repository): Promise<void> => Promise.resolve(void known.set(repository.id, repository));
  const repositories = { get: (id: string) => Promise.resolve(known.get(id)), list: () => Promise.resolve([...known.values()]), add: store, update: store } as unknown as Repositories;
  const forges = { credential: () => Promise.resolve(credential), memory: () => memory } as unknown as ForgeStore;
  const sealer = { seal: (secret: string) => secret, open: (sealed: string) => sealed };
  const forge = { check: () => Promise.resolve({ login: 'bot', path, defaultBranch: 'main', mergeMethods: [], missing: [], notes: [] }), hook, close: () => Promise.resolve() } as unknown as RemoteForge;
  const adapter = { connect: () => forge, webhooks: { verify: () => Promise.resolve(false), read: () => ({ event: { kind: 'nothing' as const } }) } };
  const clock = () => instant(0);
  const remotes = new RemoteForges({ forges, repositories, sealer, clock, fetch, adapters: { github: adapter, gitlab: adapter, gitea: adapter, forgejo: adapter } });
  const done = { append: () => Promise.resolve(), wake: () => Promise.resolve() };
  const ports = { forges, repositories, transactions: { run: <T>(work: () => Promise<T>) => work() }, events: done, audit: done, wakes: done, sealer, clock, settings: { publicUrl: 'https://sluice.example.org' } };
  const connect = new ConnectRepository(ports as unknown as ConstructorParameters<typeof ConnectRepository>[0], remotes, { run: rebuild });
  return { connect, known };
}

function connecting(parts: Parameters<typeof setUp>[0]) {
  const { connect } = setUp(parts);
  return () => connect.run(WANTED, ROOT);
}

describe('a repository that is called otherwise there', () => {
  it('is not connected by the name that it had before', async () => {
    const { connect, known } = setUp({ path: 'beta/store' });
    await expect(connect.run(WANTED, ROOT)).rejects.toThrow('acme/shop is called beta/store there: it was renamed or transferred: connect it with --path beta/store');
    expect(known.size).toBe(0);
  });

  it('is named with its new name when somebody asks, and how it is connected by that', async () => {
    const { connect, known } = setUp({ path: 'beta/store' });
    known.set(SHOP, { id: SHOP, forge: 'gitea', remote: { credential: 'work', path: 'acme/shop' }, configBranch: 'main', createdAt: instant(0) });
    expect((await connect.check(SHOP)).missing).toEqual([expect.stringMatching(/^acme\/shop is called beta\/store there.*`sluice repository add shop --credential work --path beta\/store`$/)]);
  });

  it('is kept as the forge spells it', async () => {
    const { connect, known } = setUp({ path: 'Acme/Shop' });
    await connect.run(WANTED, ROOT);
    expect(known.get(SHOP)?.remote?.path).toBe('Acme/Shop');
    expect((await connect.check(SHOP)).missing).toEqual([]);
  });
});

describe('what was promoted in a repository before it was connected', () => {
  it('is read once', async () => {
    let times = 0;
    const connect = connecting({ rebuild: () => Promise.resolve(void (times += 1)) });
    for (const _ of [1, 2]) await connect();
    expect(times).toBe(1);
  });

  it('is read the next time when the forge did not answer in the middle of it', async () => {
    let times = 0;
    const connect = connecting({
      rebuild: () => {
        times += 1;
        return times === 1 ? Promise.reject(new Unavailable('git.example.org has not answered')) : Promise.resolve();
      },
    });
    await expect(connect()).rejects.toThrow('has not answered');
    await connect();
    await connect();
    expect(times).toBe(2);
  });

  it('is known although no webhook could be made', async () => {
    let times = 0;
    const connect = connecting({ rebuild: () => Promise.resolve(void (times += 1)), hook: () => Promise.reject(new Unavailable('git.example.org has not answered')) });
    await expect(connect()).rejects.toThrow('has not answered');
    expect(times).toBe(1);
  });
});
