import { Busy, instant, personName, repositoryId, Unauthenticated } from '@sluice/kernel';
import type { ForgeCredential, ForgeStore, ForgeParts, Person, RemoteForge, Repositories } from '../ports/index.js';
import { ManageCredentials } from './manage-credentials.js';
import { passingMemory } from './passing-memory.js';
import { type ForgeAdapter, RemoteForges } from './remote-forges.js';

const ROOT: Person = { name: personName('root'), displayName: 'Root', emails: [], groups: [], admin: true };
const FULL = 'busy';

describe('the secret of a credential', () => {
  it('is changed also while the forge wants no more calls of the one before', async () => {
    const memory = passingMemory();
    await memory.put(FULL, 'until noon');
    const stored: ForgeCredential[] = [];
    const forges = { credential: () => Promise.resolve({ name: 'work', kind: 'gitea', url: 'https://git.example.org', sealed: '', changedAt: instant(0) }), saveCredential: (credential: ForgeCredential) => Promise.resolve(void stored.push(credential)), memory: () => memory } as unknown as ForgeStore;
    const repositories = { list: () => Promise.resolve([{ id: repositoryId('shop'), forge: 'gitea', configBranch: 'main', createdAt: instant(0), remote: { credential: 'work', path: 'acme/shop' } }]) } as unknown as Repositories;
    const sealer = { seal: (secret: string) => secret, open: (sealed: string) => sealed };
    const clock = () => instant(0);
    // as every adapter does: nobody is asked while the memory says that the forge wants no calls
    const connect = (_: unknown, { memory: known }: ForgeParts): RemoteForge =>
      ({
        check: async () => {
          if ((await known.get(FULL)) !== undefined) throw new Busy('git.example.org wants no more calls', instant(1));
          return { login: 'bot', path: 'acme/shop', defaultBranch: 'main', mergeMethods: [], missing: [], notes: [] };
        },
        close: () => Promise.resolve(),
      }) as unknown as RemoteForge;
    const adapter = { connect, webhooks: { verify: () => Promise.resolve(false), read: () => ({ event: { kind: 'nothing' as const } }) } };
    const remotes = new RemoteForges({ forges, repositories, sealer, clock, fetch, adapters: { github: adapter, gitlab: adapter, gitea: adapter, forgejo: adapter } });
    const done = { append: () => Promise.resolve(), wake: () => Promise.resolve() };
    const ports = { forges, repositories, transactions: { run: <T>(work: () => Promise<T>) => work() }, events: done, audit: done, wakes: done, sealer, clock };
    await new ManageCredentials(ports as unknown as ConstructorParameters<typeof ManageCredentials>[0], remotes).rotate('work', { kind: 'token', token: 'another' }, ROOT);
    expect(stored).toMatchObject([{ name: 'work', sealed: expect.stringContaining('another') as string }]);
    expect(await memory.get(FULL)).toBeUndefined();
  });

  it.each([
    ['while the one before may more', [], /may not do what the one before may in acme\/shop; missing: scope write:repository/],
    ['when the one before lacks the same', ['scope write:repository'], undefined],
    ['when the one before does not work any more', undefined, undefined],
  ])('is not replaced by one that may less: %s', async (_, had, refusal) => {
    const stored: ForgeCredential[] = [];
    const before: ForgeCredential = { name: 'work', kind: 'gitea', url: 'https://git.example.org', sealed: JSON.stringify({ kind: 'token', token: 'before' }), changedAt: instant(0) };
    const forges = { credential: () => Promise.resolve(before), saveCredential: (credential: ForgeCredential) => Promise.resolve(void stored.push(credential)), memory: () => passingMemory() } as unknown as ForgeStore;
    const repositories = { list: () => Promise.resolve([{ id: repositoryId('shop'), forge: 'gitea', configBranch: 'main', createdAt: instant(0), remote: { credential: 'work', path: 'acme/shop' } }]) } as unknown as Repositories;
    const connect: ForgeAdapter['connect'] = ({ secret }) =>
      ({
        check: async () => {
          const given = await secret();
          const missing = given.kind === 'token' && given.token === 'before' ? had : ['scope write:repository'];
          if (!missing) throw new Unauthenticated('it is not valid any more');
          return { login: 'bot', path: 'acme/shop', defaultBranch: 'main', mergeMethods: [], missing, notes: [] };
        },
        close: () => Promise.resolve(),
      }) as unknown as RemoteForge;
    const sealer = { seal: (secret: string) => secret, open: (sealed: string) => sealed };
    const adapter: ForgeAdapter = { connect, webhooks: { verify: () => Promise.resolve(false), read: () => ({ event: { kind: 'nothing' } }) } };
    const clock = () => instant(0);
    const remotes = new RemoteForges({ forges, repositories, sealer, clock, fetch, adapters: { github: adapter, gitlab: adapter, gitea: adapter, forgejo: adapter } });
    const done = { append: () => Promise.resolve(), wake: () => Promise.resolve() };
    const ports = { forges, repositories, transactions: { run: <T>(work: () => Promise<T>) => work() }, events: done, audit: done, wakes: done, sealer, clock };
    const rotated = new ManageCredentials(ports as unknown as ConstructorParameters<typeof ManageCredentials>[0], remotes).rotate('work', { kind: 'token', token: 'another' }, ROOT);
    if (refusal) await expect(rotated).rejects.toThrow(refusal);
    else await rotated;
    expect(stored).toHaveLength(refusal ? 0 : 1);
  });
});
