import { personName } from '@sluice/kernel';
import type { Review } from '@sluice/usecases';
import { type ForgeUnderTest, opened } from './forge-under-test.js';

/** Reviews of people who let Sluice act in their name. The built-in forge, where nobody has to, takes no notice. */
export function describeOwnReviews(current: () => ForgeUnderTest): void {
  it("writes a review as somebody's own where they have allowed it, one for each time", async () => {
    const forge = current();
    const { change, head } = await opened(forge);
    const own = forge.ownAccount?.('grace-h');
    const given = { person: personName('grace'), commit: head, ...(own && { own }) };
    const rejected = await forge.reviews.submit(forge.repository, change.number, { ...given, state: 'rejected', body: 'Not\n\nyet' });
    const approved = await forge.reviews.submit(forge.repository, change.number, { ...given, state: 'approved', body: '' });
    expect([rejected, approved]).toMatchObject([
      { person: 'grace', state: 'rejected', commit: head, body: 'Not\n\nyet' },
      { person: 'grace', state: 'approved', commit: head, body: '' },
    ]);
    expect([rejected, approved].map(({ login, notOwn }) => [login, notOwn])).toEqual([rejected, approved].map(() => [own?.login, undefined]));
    const listed = await forge.reviews.list(forge.repository, change.number);
    const row = ({ id, login, state, commit, body }: Review): readonly unknown[] => [id, login, state, commit, body];
    const rows = listed.map(row);
    expect(rows).toContainEqual(row(approved));
    // a forge may take back what the same person said before
    expect([rejected, approved].map(row)).toEqual(expect.arrayContaining(rows));
  });

  it("writes it down for them, and says why, when their token is none any more", async () => {
    const forge = current();
    const { change, head } = await opened(forge);
    const own = forge.ownAccount?.('linus-t');
    own?.revoke();
    const submitted = await forge.reviews.submit(forge.repository, change.number, { person: personName('linus'), state: 'approved', commit: head, body: 'Fine', ...(own && { own }) });
    expect(submitted).toMatchObject({ person: 'linus', state: 'approved', body: 'Fine' });
    expect(submitted.login).toBeUndefined();
    expect(submitted.notOwn).toEqual(own && { message: expect.stringContaining('linus-t') as string, unusable: true });
    expect(await forge.reviews.list(forge.repository, change.number)).toMatchObject([{ id: submitted.id, person: 'linus', state: 'approved', commit: head, body: 'Fine' }]);
  });
}
