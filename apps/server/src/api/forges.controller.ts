import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { AccountDto, CredentialDto, ForgeCheckDto } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import { ConnectRepository, DisconnectRepository, LinkAccounts, ManageCredentials, type ForgeCheck, type ForgeCredential, type ForgeSecret, type Repository } from '@sluice/usecases';
import type { z } from 'zod';
import type { Ports } from '../compose/ports.js';
import { PORTS, SETTINGS } from '../compose/tokens.js';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import type { Settings } from '../settings.js';
import { presentRepository } from './present/repository.js';

type InRepository = z.output<typeof API.connectRepository.params>;
type OfCredential = z.output<typeof API.rotateCredential.params>;

/** Repositories on forges over the network, what they are reached with, and whose the logins there are. */
@Controller()
export class ForgesController {
  constructor(
    @Inject(ConnectRepository) private readonly connectRepository: ConnectRepository,
    @Inject(DisconnectRepository) private readonly disconnectRepository: DisconnectRepository,
    @Inject(ManageCredentials) private readonly credentials: ManageCredentials,
    @Inject(LinkAccounts) private readonly accounts: LinkAccounts,
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Route(API.connectRepository)
  async connect(
    @Me() { person }: PersonCaller,
    @Param({ schema: API.connectRepository.params }) { repository: id }: InRepository,
    @Body({ schema: API.connectRepository.body }) { credential, path, configBranch, hook }: z.output<typeof API.connectRepository.body>,
  ): Promise<z.output<typeof API.connectRepository.reply>> {
    const { repository, check, notes } = await this.connectRepository.run({ id, credential, path, hook, ...present({ configBranch }) }, person);
    const record = await this.ports.repositories.pipeline(id);
    return { repository: presentRepository(repository, { settings: this.settings, record, credentials: await this.credentials.list() }), check: presentCheck(check), notes: [...notes] };
  }

  @Route(API.checkConnection)
  async check(@Param({ schema: API.checkConnection.params }) { repository }: InRepository): Promise<ForgeCheckDto> {
    return presentCheck(await this.connectRepository.check(repository));
  }

  @Route(API.disconnectRepository)
  async disconnect(
    @Me() { person }: PersonCaller,
    @Param({ schema: API.disconnectRepository.params }) { repository: id }: InRepository,
    @Query({ schema: API.disconnectRepository.query }) { abandon }: z.output<typeof API.disconnectRepository.query>,
  ): Promise<z.output<typeof API.disconnectRepository.reply>> {
    return { notes: [...(await this.disconnectRepository.run({ id, abandon }, person))] };
  }

  @Route(API.forgeCredentials)
  async listCredentials(): Promise<z.output<typeof API.forgeCredentials.reply>> {
    const repositories = await this.ports.repositories.list();
    return { items: (await this.credentials.list()).map((credential) => presentCredential(credential, repositories)) };
  }

  @Route(API.addCredential)
  async addCredential(@Me() { person }: PersonCaller, @Body({ schema: API.addCredential.body }) { name, kind, url, secret }: z.output<typeof API.addCredential.body>): Promise<CredentialDto> {
    return presentCredential(await this.credentials.add({ name, kind, url, secret: secretOf(secret) }, person), []);
  }

  @Route(API.rotateCredential)
  async rotateCredential(@Me() { person }: PersonCaller, @Param({ schema: API.rotateCredential.params }) { credential }: OfCredential, @Body({ schema: API.rotateCredential.body }) { secret }: z.output<typeof API.rotateCredential.body>): Promise<CredentialDto> {
    return presentCredential(await this.credentials.rotate(credential, secretOf(secret), person), await this.ports.repositories.list());
  }

  @Route(API.removeCredential)
  async removeCredential(@Me() { person }: PersonCaller, @Param({ schema: API.removeCredential.params }) { credential }: OfCredential): Promise<void> {
    await this.credentials.remove(credential, person);
  }

  @Route(API.linkedAccounts)
  async listAccounts(): Promise<z.output<typeof API.linkedAccounts.reply>> {
    return { items: [...(await this.accounts.list())] };
  }

  @Route(API.linkAccount)
  async linkAccount(@Me() { person: by }: PersonCaller, @Body({ schema: API.linkAccount.body }) { credential, login, person }: z.output<typeof API.linkAccount.body>): Promise<AccountDto> {
    return this.accounts.link({ credential, login, person }, by);
  }

  @Route(API.unlinkAccount)
  async unlinkAccount(@Me() { person }: PersonCaller, @Param({ schema: API.unlinkAccount.params }) { credential, login }: z.output<typeof API.unlinkAccount.params>): Promise<void> {
    await this.accounts.unlink({ credential, login }, person);
  }
}

function secretOf(secret: z.output<typeof API.rotateCredential.body>['secret']): ForgeSecret {
  if (secret.kind === 'token') return secret;
  const { kind, appId, privateKey, installation } = secret;
  return { kind, appId, privateKey, ...present({ installation }) };
}

function presentCheck({ login, defaultBranch, mergeMethods, missing, notes }: ForgeCheck): ForgeCheckDto {
  return { login, defaultBranch, mergeMethods: [...mergeMethods], missing: [...missing], notes: [...notes] };
}

function presentCredential({ name, kind, url, changedAt }: ForgeCredential, repositories: readonly Repository[]): CredentialDto {
  return { name, kind, url, changedAt: new Date(changedAt).toISOString(), repositories: repositories.filter(({ remote }) => remote?.credential === name).map(({ id }) => id) };
}
