import { Body, Controller, Inject, Param } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { OwnAccountDto } from '@sluice/contracts';
import { LinkOwnAccount, ManageOauthClients, type StoredAccount } from '@sluice/usecases';
import type { z } from 'zod';
import { SETTINGS } from '../compose/tokens.js';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { ACCOUNT_CALLBACK } from '../identity/account-mount.js';
import type { Settings } from '../settings.js';
import { time } from './present/time.js';

type OfCredential = z.output<typeof API.saveOauthClient.params>;

/** People's own accounts on forges: everybody sees and changes their own only. */
@Controller()
export class OwnAccountsController {
  constructor(
    @Inject(LinkOwnAccount) private readonly link: LinkOwnAccount,
    @Inject(ManageOauthClients) private readonly clients: ManageOauthClients,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Route(API.ownAccounts)
  async list(@Me() { person }: PersonCaller): Promise<z.output<typeof API.ownAccounts.reply>> {
    return { items: (await this.link.list(person)).map(presentAccount) };
  }

  @Route(API.linkOwnAccount)
  async linkOwn(@Me() { person }: PersonCaller, @Body({ schema: API.linkOwnAccount.body }) wanted: z.output<typeof API.linkOwnAccount.body>): Promise<OwnAccountDto> {
    return presentAccount(await this.link.withToken(wanted, person));
  }

  @Route(API.unlinkOwnAccount)
  async unlinkOwn(@Me() { person }: PersonCaller, @Param({ schema: API.unlinkOwnAccount.params }) { credential }: OfCredential): Promise<void> {
    await this.link.unlink(credential, person);
  }

  @Route(API.saveOauthClient)
  async saveClient(@Me() { person }: PersonCaller, @Param({ schema: API.saveOauthClient.params }) { credential }: OfCredential, @Body({ schema: API.saveOauthClient.body }) { clientId, clientSecret }: z.output<typeof API.saveOauthClient.body>): Promise<z.output<typeof API.saveOauthClient.reply>> {
    await this.clients.save({ credential, id: clientId, secret: clientSecret }, person);
    return { credential, clientId, redirectUri: `${this.settings.publicUrl}${ACCOUNT_CALLBACK}` };
  }

  @Route(API.removeOauthClient)
  async removeClient(@Me() { person }: PersonCaller, @Param({ schema: API.removeOauthClient.params }) { credential }: OfCredential): Promise<void> {
    await this.clients.remove(credential, person);
  }
}

function presentAccount({ credential, url, login, how, since, expiresAt, unusable }: StoredAccount): OwnAccountDto {
  return { credential, url, login, how, since: time(since), ...(expiresAt !== undefined && { expiresAt: time(expiresAt) }), ...(unusable && { unusable: { since: time(unusable.since), why: unusable.why } }) };
}
