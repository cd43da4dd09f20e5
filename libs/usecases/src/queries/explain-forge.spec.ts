import { Forbidden, instant, repositoryId, Unauthenticated, Unavailable } from '@sluice/kernel';
import { TellRefusals } from '../forges/tell-refusals.js';
import type { ForgeCredential, ForgeMemory, Repository, WakeTarget } from '../ports/index.js';
import { forgeNotices } from './explain-forge.js';

const id = repositoryId('shop');
const TARGET: WakeTarget = { kind: 'repository', repository: id };
const SHOP: Repository = { id, forge: 'github', remote: { credential: 'work', path: 'acme/shop' }, configBranch: 'main', createdAt: instant(0) };

const refusing = (refusal: string) => ({ details: { refusal } });

describe('what everything in a repository on a forge waits for', () => {
  it.each([
    ['a credential that is not valid', new Unauthenticated('not valid any more'), /^https:\/\/git\.example\.org refuses the credential work since 1970.*`sluice credential rotate work`.*\(not valid any more\)$/],
    ['a permission that is missing', new Forbidden('it takes contents=write', refusing('credential')), /refuses the credential work.*contents=write/],
    ['an archived repository', new Forbidden('it is read-only', refusing('archived')), /^the repository is archived on https:\/\/git\.example\.org.*takes it out of the archive.*`sluice repository remove shop`/],
    ['a repository that is gone', new Unavailable('not found', refusing('gone')), /^https:\/\/git\.example\.org does not show the repository to the credential work since 1970.*lost its access.*`sluice repository add shop --credential work --path <its path>`.*`sluice repository remove shop`/],
  ])('is named as what it is until the work is done again: %s', async (_, error, notice) => {
    const { refusals, notices } = setUp();
    expect(await refusals.failed(TARGET, error)).toMatchObject({ known: false });
    expect(await refusals.failed(TARGET, error)).toMatchObject({ known: true });
    expect(await notices()).toEqual([expect.stringMatching(notice)]);
    await refusals.done(TARGET);
    expect(await notices()).toEqual([]);
  });

  it('is said anew when it becomes another', async () => {
    const { refusals, notices } = setUp();
    await refusals.failed(TARGET, new Unauthenticated('not valid any more'));
    expect(await refusals.failed(TARGET, new Unavailable('not found', refusing('gone')))).toMatchObject({ refusal: 'gone', known: false });
    expect(await notices()).toEqual([expect.not.stringContaining('rotate')]);
  });

  it('is no credential when a person or the server’s own settings do not allow something', async () => {
    const { refusals, notices } = setUp();
    for (const error of [new Forbidden('you are not promoter'), new Forbidden('10.0.0.1 is at an address that this server does not ask')]) expect(await refusals.failed(TARGET, error)).toBeUndefined();
    expect(await notices()).toEqual([]);
  });
});

function setUp() {
  const kept = new Map<string, string>();
  const memory: ForgeMemory = { get: async (key) => kept.get(key), put: async (key, value) => void kept.set(key, value), forget: async (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)).forEach((key) => kept.delete(key)) };
  const forges = { memory: () => memory, credential: async () => ({ name: 'work', kind: 'github', url: 'https://git.example.org' }) as unknown as ForgeCredential };
  const refusals = new TellRefusals({ forges, repositories: { get: async () => SHOP }, clock: () => instant(1_000) });
  return { refusals, notices: async () => (await forgeNotices({ forges, ownAccounts: { list: async () => [] } }, SHOP, instant(2_000))).map(({ message }) => message) };
}
