import { createHash, randomBytes } from 'node:crypto';
import { Forbidden, Unauthenticated } from '@sluice/kernel';
import type { ForgePeople, OauthClient, PersonalGrant } from '@sluice/usecases';

const REDIRECT = 'https://sluice.example.org/forge-accounts/callback';
const HOURS = 3_600_000;

/** A forge whose people can let Sluice act in their name. */
export interface ForgePeopleUnderTest {
  readonly people: ForgePeople;
  /** A client as it is registered there. */
  client(redirectUri: string): OauthClient & { readonly secret: string };
  /** Who is signed in with the browser. */
  signIn(login: string): void;
  /** They take back what they have allowed. */
  revoke(login: string): void;
  /** Time passes. */
  pass(milliseconds: number): void;
  /** A token of somebody's that does for reviewing. */
  token(login: string): string;
  /** A refresh token is good for one time. */
  readonly rotates: boolean;
  /** Everything that is remembered between calls. */
  remembered(): string;
  stop(): Promise<void>;
}

/** What the adapter of every forge over the network must do for people who let Sluice act in their name. */
export function describeForgePeopleContract(name: string, create: () => Promise<ForgePeopleUnderTest>): void {
  describe(`people on ${name}`, () => {
    let forge: ForgePeopleUnderTest;
    let client: ReturnType<ForgePeopleUnderTest['client']>;
    beforeAll(async () => {
      forge = await create();
      client = forge.client(REDIRECT);
    });
    afterAll(() => forge.stop());

    async function allowed(login: string): Promise<{ readonly code: string; readonly redirectUri: string; readonly verifier: string }> {
      const [state, verifier] = [randomBytes(24).toString('base64url'), randomBytes(32).toString('base64url')];
      const challenge = createHash('sha256').update(verifier).digest('base64url');
      forge.signIn(login);
      const { status, headers } = await fetch(forge.people.authorizeUrl(client, { state, redirectUri: REDIRECT, challenge }), { redirect: 'manual' });
      const back = new URL(headers.get('location') ?? '');
      expect([status, back.origin + back.pathname, back.searchParams.get('state')]).toEqual([302, REDIRECT, state]);
      return { code: back.searchParams.get('code') ?? '', redirectUri: REDIRECT, verifier };
    }

    async function failure(work: Promise<unknown>): Promise<unknown> {
      return work.then(
        () => undefined,
        (error: unknown) => error,
      );
    }

    it('are known by their tokens, and what is no token is nobody', async () => {
      expect(await forge.people.whose(forge.token('Grace-H'))).toBe('Grace-H');
      const wrong = 'no-token-of-anybody';
      const error = await failure(forge.people.whose(wrong));
      expect(error).toBeInstanceOf(Unauthenticated);
      expect(String(error)).not.toContain(wrong);
    });

    it('allow Sluice to act in their name until they take it back', async () => {
      const { accessToken, refreshToken = '' } = await forge.people.exchange(client, await allowed('ada'));
      expect(await forge.people.whose(accessToken)).toBe('ada');
      forge.revoke('ada');
      await expect(forge.people.whose(accessToken)).rejects.toBeInstanceOf(Unauthenticated);
      await expect(forge.people.refresh(client, refreshToken)).rejects.toBeInstanceOf(Unauthenticated);
    });

    it('allow it for some hours, and then by what renews it', async () => {
      const before = Date.now();
      const first = await forge.people.exchange(client, await allowed('ada'));
      expect(first.expiresAt ?? 0).toBeGreaterThan(before + HOURS / 2);
      forge.pass(9 * HOURS);
      await expect(forge.people.whose(first.accessToken)).rejects.toBeInstanceOf(Unauthenticated);
      const second = await forge.people.refresh(client, first.refreshToken ?? '');
      expect(await forge.people.whose(second.accessToken)).toBe('ada');
      const again = await failure(forge.people.refresh(client, first.refreshToken ?? ''));
      if (forge.rotates) expect(again).toBeInstanceOf(Unauthenticated);
      else expect(again).toBeUndefined();
    });

    it.each<[string, (given: Awaited<ReturnType<typeof allowed>>) => Awaited<ReturnType<typeof allowed>>]>([
      ['another code', (given) => ({ ...given, code: 'guessed' })],
      ['the verifier of another one', (given) => ({ ...given, verifier: randomBytes(32).toString('base64url') })],
    ])('are not believed to have allowed it by %s, nor by the right one after it was used', async (_, change) => {
      const given = await allowed('linus');
      await expect(forge.people.exchange(client, change(given))).rejects.toBeInstanceOf(Unauthenticated);
      const unused = await allowed('linus');
      await forge.people.exchange(client, unused);
      await expect(forge.people.exchange(client, unused)).rejects.toBeInstanceOf(Unauthenticated);
    });

    it('cannot allow it to a client that the forge does not take', async () => {
      const secret = 'another-s3cret-of-the-client';
      const given = await allowed('linus');
      const errors = [await failure(forge.people.exchange({ ...client, secret }, given)), await failure(forge.people.exchange(client, { ...(await allowed('linus')), redirectUri: 'https://evil.example/' }))];
      for (const error of errors) expect(String(error)).not.toMatch(new RegExp([secret, client.secret, given.code, given.verifier].join('|')));
      expect(errors[0]).toBeInstanceOf(Forbidden);
      expect(errors[1]).toBeInstanceOf(Error);
    });

    it('have nothing of their tokens remembered', async () => {
      const token = forge.token('Grace-H');
      await forge.people.whose(token);
      const grant: PersonalGrant = await forge.people.exchange(client, await allowed('ada'));
      await forge.people.whose(grant.accessToken);
      for (const secret of [token, grant.accessToken, grant.refreshToken ?? '', client.secret]) expect(forge.remembered()).not.toContain(secret);
    });
  });
}
