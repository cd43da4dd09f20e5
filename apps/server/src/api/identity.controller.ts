import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { CredentialEntry } from '@sluice/contracts';
import { ManageTokens, SignIn, SignInWithProvider, type ListedCredential } from '@sluice/usecases';
import type { z } from 'zod';
import { SETTINGS } from '../compose/tokens.js';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import type { Settings } from '../settings.js';
import { time, timeField } from './present/time.js';

/** What people sign in with, and what machines show. */
@Controller()
export class IdentityController {
  constructor(
    @Inject(ManageTokens) private readonly manage: ManageTokens,
    @Inject(SignIn) private readonly signIn: SignIn,
    @Inject(SignInWithProvider) private readonly withProvider: SignInWithProvider,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Route(API.signInWays)
  ways(): z.output<typeof API.signInWays.reply> {
    return this.settings.oidc ? { oidc: { name: this.settings.oidc.name } } : {};
  }

  @Route(API.createLoginCode)
  async createCode(@Me() caller: PersonCaller, @Body({ schema: API.createLoginCode.body }) { challenge }: z.output<typeof API.createLoginCode.body>): Promise<z.output<typeof API.createLoginCode.reply>> {
    const { secret, expiresAt } = await this.signIn.code(caller, challenge);
    return { code: secret, expiresAt: time(expiresAt) };
  }

  @Route(API.tokens)
  async tokens(@Me() caller: PersonCaller, @Query({ schema: API.tokens.query }) query: z.output<typeof API.tokens.query>): Promise<z.output<typeof API.tokens.reply>> {
    return { items: (await this.manage.list(caller.person, query)).map((one) => presentCredential(one, caller)) };
  }

  @Route(API.createOwnToken)
  async createToken(@Me() caller: PersonCaller, @Body({ schema: API.createOwnToken.body }) { ttlSeconds, ...wanted }: z.output<typeof API.createOwnToken.body>): Promise<z.output<typeof API.createOwnToken.reply>> {
    const token = await this.manage.create(caller, caller.person.name, { ...wanted, lifetime: ttlSeconds * 1_000 });
    return { token: token.secret, person: token.person, expiresAt: time(token.expiresAt) };
  }

  @Route(API.createTokenFor)
  async createTokenFor(
    @Me() caller: PersonCaller,
    @Param({ schema: API.createTokenFor.params }) { person }: z.output<typeof API.createTokenFor.params>,
    @Body({ schema: API.createTokenFor.body }) { ttlSeconds, ...wanted }: z.output<typeof API.createTokenFor.body>,
  ): Promise<z.output<typeof API.createTokenFor.reply>> {
    const token = await this.manage.create(caller, person, { ...wanted, lifetime: ttlSeconds * 1_000 });
    return { token: token.secret, person: token.person, expiresAt: time(token.expiresAt) };
  }

  @Route(API.revokeOneToken)
  async revokeToken(@Me() { person }: PersonCaller, @Param({ schema: API.revokeOneToken.params }) { token }: z.output<typeof API.revokeOneToken.params>): Promise<void> {
    await this.manage.revoke(person, 'token', token);
  }

  @Route(API.sessions)
  async sessions(@Me() caller: PersonCaller): Promise<z.output<typeof API.sessions.reply>> {
    return { items: (await this.manage.sessions(caller.person.name)).map((one) => presentCredential(one, caller)) };
  }

  @Route(API.endSession)
  async endSession(@Me() { person }: PersonCaller, @Param({ schema: API.endSession.params }) { session }: z.output<typeof API.endSession.params>): Promise<void> {
    await this.manage.revoke(person, 'session', session);
  }

  @Route(API.identities)
  async identities(): Promise<z.output<typeof API.identities.reply>> {
    return { items: [...(await this.withProvider.identities())] };
  }

  @Route(API.addIdentity)
  addIdentity(@Me() { person }: PersonCaller, @Body({ schema: API.addIdentity.body }) identity: z.output<typeof API.addIdentity.body>): Promise<z.output<typeof API.addIdentity.reply>> {
    return this.withProvider.bind(identity, person);
  }

  @Route(API.removeIdentity)
  removeIdentity(@Me() { person }: PersonCaller, @Body({ schema: API.removeIdentity.body }) identity: z.output<typeof API.removeIdentity.body>): Promise<void> {
    return this.withProvider.unbind(identity, person);
  }
}

function presentCredential({ id, person, label, scopes, repositories, environments, applications, createdAt, usedAt, expiresAt }: ListedCredential, { credential }: PersonCaller): CredentialEntry {
  return {
    id,
    person,
    label,
    ...(scopes && { scopes: [...scopes] }),
    ...(repositories && { repositories: [...repositories] }),
    ...(environments && { environments: [...environments] }),
    ...(applications && { applications: [...applications] }),
    createdAt: time(createdAt),
    ...timeField('usedAt', usedAt),
    ...timeField('expiresAt', expiresAt),
    current: id === credential.id,
  };
}
