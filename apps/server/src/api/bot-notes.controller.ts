import { Body, Controller, Inject, Query } from '@nestjs/common';
import { API, botState, type BotStateDto } from '@sluice/contracts';
import { Conflict, NotFound } from '@sluice/kernel';
import type { z } from 'zod';
import type { Ports } from '../compose/ports.js';
import { PORTS } from '../compose/tokens.js';
import { Route } from '../http/route.js';

/** Where the Slack bot keeps what it must not forget. */
@Controller()
export class BotNotesController {
  constructor(@Inject(PORTS) private readonly ports: Ports) {}

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

  @Route(API.slackBots)
  async bots(): Promise<z.output<typeof API.slackBots.reply>> {
    const found = await this.ports.botNotes.list(`${NAMESPACE}state:`, '', MOST_BOTS);
    return { items: found.flatMap(({ value }) => stateOf(value)) };
  }
}

const MOST_BOTS = 200;

/** None of a bot of another version that says it otherwise. */
function stateOf(value: string): readonly BotStateDto[] {
  try {
    return [botState.parse(JSON.parse(value))];
  } catch {
    return [];
  }
}

// of this kind of bot: another kind would have notes of its own
const NAMESPACE = 'slack:';
