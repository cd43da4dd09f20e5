import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import { Conflict, NotFound } from '@sluice/kernel';
import { SlackAccounts } from '@sluice/usecases';
import type { z } from 'zod';
import type { Ports } from '../compose/ports.js';
import { PORTS } from '../compose/tokens.js';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { time } from './present/time.js';

type Account = z.output<typeof API.slackLinkOf.params>;

/** What the Slack bot needs of the server: a credential, whose an account is, and a place to keep what it must not forget. */
@Controller()
export class SlackController {
  constructor(
    @Inject(SlackAccounts) private readonly accounts: SlackAccounts,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Route(API.createBot)
  async createBot(@Body({ schema: API.createBot.body }) { label }: z.output<typeof API.createBot.body>): Promise<z.output<typeof API.createBot.reply>> {
    const { secret, expiresAt } = await this.accounts.issueBot(label);
    return { token: secret, expiresAt: time(expiresAt) };
  }

  @Route(API.createSlackCode)
  async createCode(@Me() { person }: PersonCaller): Promise<z.output<typeof API.createSlackCode.reply>> {
    const { code, expiresAt } = await this.accounts.issueCode(person.name);
    return { code, expiresAt: time(expiresAt) };
  }

  @Route(API.linkSlack)
  async link(@Body({ schema: API.linkSlack.body }) { teamId, userId, code }: z.output<typeof API.linkSlack.body>): Promise<z.output<typeof API.linkSlack.reply>> {
    return { person: await this.accounts.link({ team: teamId, user: userId }, code) };
  }

  @Route(API.slackLinkOf)
  async linkOf(@Param({ schema: API.slackLinkOf.params }) account: Account): Promise<z.output<typeof API.slackLinkOf.reply>> {
    return { person: await this.accounts.personOf(account) };
  }

  @Route(API.unlinkSlack)
  async unlink(@Param({ schema: API.unlinkSlack.params }) account: Account): Promise<void> {
    await this.accounts.unlink(account);
  }

  @Route(API.botNotes)
  async notes(@Query({ schema: API.botNotes.query }) { prefix, after, limit }: z.output<typeof API.botNotes.query>): Promise<z.output<typeof API.botNotes.reply>> {
    const found = await this.ports.botNotes.list(NAMESPACE + prefix, after === '' ? '' : NAMESPACE + after, limit);
    return { items: found.map((note) => ({ ...note, key: note.key.slice(NAMESPACE.length) })) };
  }

  @Route(API.putBotNote)
  async putNote(@Body({ schema: API.putBotNote.body }) { key, value, expected, ttlSeconds }: z.output<typeof API.putBotNote.body>): Promise<z.output<typeof API.putBotNote.reply>> {
    const version = await this.ports.botNotes.put({ key: NAMESPACE + key, value, ...(expected !== undefined && { expected }), ...(ttlSeconds !== undefined && { lifetime: ttlSeconds * 1_000 }) });
    if (version === undefined) throw new Conflict('something else is kept under this key by now');
    return { version };
  }

  @Route(API.removeBotNote)
  async removeNote(@Query({ schema: API.removeBotNote.query }) { key }: z.output<typeof API.removeBotNote.query>): Promise<void> {
    if (!(await this.ports.botNotes.take(NAMESPACE + key))) throw new NotFound('nothing is kept under this key');
  }
}

// links and codes are kept in the same table: a bot reads and writes only what is its own
const NAMESPACE = 'note:';
