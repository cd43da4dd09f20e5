import { Body, Controller, Inject, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import { Conflict, NotFound } from '@sluice/kernel';
import { TellOfBot } from '@sluice/usecases';
import type { z } from 'zod';
import type { Ports } from '../compose/ports.js';
import { PORTS } from '../compose/tokens.js';
import { Route } from '../http/route.js';
import { SLACK_NOTES, STATE, slackBots, stateOf } from '../slack-bots.js';

/** Where the Slack bot keeps what it must not forget. */
@Controller()
export class BotNotesController {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(TellOfBot) private readonly tellOfBot: TellOfBot,
  ) {}

  @Route(API.botNotes)
  async notes(@Query({ schema: API.botNotes.query }) { prefix, after, limit }: z.output<typeof API.botNotes.query>): Promise<z.output<typeof API.botNotes.reply>> {
    const found = await this.ports.botNotes.list(SLACK_NOTES + prefix, after === '' ? '' : SLACK_NOTES + after, limit);
    return { items: found.map((note) => ({ ...note, key: note.key.slice(SLACK_NOTES.length) })) };
  }

  @Route(API.putBotNote)
  async putNote(@Body({ schema: API.putBotNote.body }) { key, value, expected, ttlSeconds }: z.output<typeof API.putBotNote.body>): Promise<z.output<typeof API.putBotNote.reply>> {
    const version = await this.ports.botNotes.put({ key: SLACK_NOTES + key, value, ...(expected !== undefined && { expected }), ...(ttlSeconds !== undefined && { lifetime: ttlSeconds * 1_000 }) });
    if (version === undefined) throw new Conflict('something else is kept under this key by now');
    if (key.startsWith(STATE)) for (const { team, troubles } of stateOf(value)) await this.tellOfBot.run(team, troubles);
    return { version };
  }

  @Route(API.removeBotNote)
  async removeNote(@Query({ schema: API.removeBotNote.query }) { key }: z.output<typeof API.removeBotNote.query>): Promise<void> {
    if (!(await this.ports.botNotes.take(SLACK_NOTES + key))) throw new NotFound('nothing is kept under this key');
  }

  @Route(API.slackBots)
  async bots(): Promise<z.output<typeof API.slackBots.reply>> {
    return { items: [...(await slackBots(this.ports))] };
  }
}
