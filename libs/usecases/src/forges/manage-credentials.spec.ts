import { Busy, instant, InvalidInput, NotFound, personName, repositoryId, Unauthenticated } from '@sluice/kernel';
import type { ForgeConnection, ForgeCredential, ForgeStore, ForgeParts, Person, RemoteForge, Repositories } from '../ports/index.js';
import { ManageCredentials } from './manage-credentials.js';
import { passingMemory } from './passing-memory.js';
import { RemoteForges } from './remote-forges.js';

const ROOT: Person = { name: personName('root'), displayName: 'Root', emails: [], groups: [], admin: true };
const FULL = 'busy';
const SHOP = repositoryId('shop');
const STORE = repositoryId('store');
const CREDENTIAL: ForgeCredential = { name: 'work', kind: 'gitea', url: 'https://git.example.org', sealed: JSON.stringify({ kind: 'token', token: 'the first' }), changedAt: instant(0) };

/** By token, what it lacks in each repository; or that the forge does not know the one or the other. */
type Lacking = Readonly<Record<string, Readonly<Record<string, readonly string[] | 'gone'>>>>;

/** What an admin does with a credential of two connected repositories, on a forge of which only what trying out needs is there. */
function managing(tokens: Lacking) {
  const memory = passingMemory();
  const stored: ForgeCredential[] = [];
  const said: string[] = [];
  const forges = { credential: () => Promise.resolve(stored.at(-1) ?? CREDENTIAL), saveCredential: (credential: ForgeCredential) => Promise.resolve(void stored.push(credential)), memory: () => memory } as unknown as ForgeStore;
  const repositories = { list: () => Promise.resolve([SHOP, STORE].map((id) => ({ id, forge: 'gitea', configBranch: 'main', createdAt: instant(0), remote: { credential: 'work', path: `acme/${id}` } }))) } as unknown as Repositories;
  const sealer = { seal: (secret: string) => secret, open: (sealed: string) => sealed };
  const clock = () => instant(0);
  const connect = ({ secret }: ForgeConnection, { memory: known }: ForgeParts): RemoteForge =>
    ({
      check: async (repository: string) => {
        // as every adapter does: nobody is asked while the memory says that the forge wants no calls
        if ((await known.get(FULL)) !== undefined) throw new Busy('git.example.org wants no more calls', instant(1));
        const given = await secret();
        const lacking = given.kind === 'token' ? tokens[given.token] : undefined;
        if (!lacking) throw new Unauthenticated('not valid any more');
        const missing = lacking[repository] ?? [];
        if (missing === 'gone') throw new NotFound('it is not there');
        return { login: 'bot', path: repository, defaultBranch: 'main', mergeMethods: [], missing, notes: [] };
      },
      close: () => Promise.resolve(),
    }) as unknown as RemoteForge;
  const adapter = { connect, webhooks: { verify: () => Promise.resolve(false), read: () => ({ event: { kind: 'nothing' as const } }) } };
  const remotes = new RemoteForges({ forges, repositories, sealer, clock, fetch, adapters: { github: adapter, gitlab: adapter, gitea: adapter, forgejo: adapter } });
  const done = { append: () => Promise.resolve(), wake: () => Promise.resolve() };
  const events = { append: ({ message }: { readonly message: string }) => Promise.resolve(void said.push(message)) };
  const ports = { forges, repositories, transactions: { run: <T>(work: () => Promise<T>) => work() }, events, audit: done, wakes: done, sealer, clock };
  const manage = new ManageCredentials(ports as unknown as ConstructorParameters<typeof ManageCredentials>[0], remotes);
  return { memory, stored, said, rotate: (token: string) => manage.rotate('work', { kind: 'token', token }, ROOT) };
}

const PULLS = 'pull requests: write (opens and merges promotion requests)';

describe('the secret of a credential', () => {
  it('is changed also while the forge wants no more calls of the one before', async () => {
    const { memory, stored, rotate } = managing({ another: {} });
    await memory.put(FULL, 'until noon');
    await rotate('another');
    expect(stored).toMatchObject([{ name: 'work', sealed: expect.stringContaining('another') as string }]);
    expect(await memory.get(FULL)).toBeUndefined();
  });

  it('is not changed for one that lacks what is needed in any repository, and everything that it lacks is named with its place', async () => {
    const { stored, rotate } = managing({ 'the first': {}, another: { shop: [PULLS], store: ['webhooks: write', PULLS] } });
    const failure = rotate('another');
    await expect(failure).rejects.toBeInstanceOf(InvalidInput);
    await expect(failure).rejects.toThrow(`missing: in acme/shop: ${PULLS}; in acme/store: webhooks: write; in acme/store: ${PULLS}`);
    await expect(failure).rejects.toMatchObject({ details: { missing: expect.arrayContaining([`in acme/shop: ${PULLS}`]) as unknown } });
    expect(stored).toEqual([]);
  });

  it('is not changed for one that does not see every repository, nor for one that the forge does not know', async () => {
    const { stored, rotate } = managing({ 'the first': {}, narrow: { store: 'gone' } });
    await expect(rotate('narrow')).rejects.toThrow('in acme/store: the repository itself');
    await expect(rotate('unknown')).rejects.toBeInstanceOf(InvalidInput);
    await expect(rotate('unknown')).rejects.toThrow(/^https:\/\/git.example.org does not take the new secret/);
    expect(stored).toEqual([]);
  });

  it('is changed for one that lacks only what the one before lacked too, which is said', async () => {
    const archived = 'the repository is archived: nothing in it can be changed';
    const { stored, said, rotate } = managing({ 'the first': { shop: [archived], store: 'gone' }, another: { shop: [archived], store: 'gone' } });
    await rotate('another');
    expect(stored).toHaveLength(1);
    expect(said).toEqual([expect.stringContaining(`it lacks what the one before lacked: in acme/shop: ${archived}; in acme/store: the repository itself`)]);
  });

  it('that has ended is not taken as a reason for one that lacks something', async () => {
    const { stored, rotate } = managing({ another: { shop: [PULLS] } });
    await expect(rotate('another')).rejects.toThrow(PULLS);
    expect(stored).toEqual([]);
  });
});
