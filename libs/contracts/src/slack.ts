import { z } from 'zod';
import { zRepository, zTime } from './fields.js';

/** Names the person for whom a bot calls. Taken only from the credential of a bot, and only for people who have linked their account. */
export const ON_BEHALF_OF = 'sluice-on-behalf-of';

const noteKey = z.string().min(1).max(300);
/** What a bot keeps. `version` grows with each change. */
export const botNote = z.object({ key: z.string(), value: z.string(), version: z.number().int() });
export type BotNoteDto = z.output<typeof botNote>;
export const noteQuery = z.object({ prefix: noteKey, after: z.string().max(300).default(''), limit: z.coerce.number().int().min(1).max(200).default(200) });
export const noteList = z.object({ items: z.array(botNote) });
/** `expected`: the version that is to be there now, or 0 for nothing; 409 when something else is. */
export const newNote = z.object({ key: noteKey, value: z.string().max(20_000), expected: z.number().int().min(0).optional(), ttlSeconds: z.number().int().min(1).max(31_536_000).optional() });
export const notePut = z.object({ version: z.number().int() });
export const noteKeyQuery = z.object({ key: noteKey });

/** How a bot is, as it last said. `where` of a trouble is a channel, `workspace`, or `people` (who have linked an account). `untold`: promotions that a channel could not be told of, at most 50. */
export const botState = z.object({
  team: z.string(),
  hearing: z.enum(['socket', 'http']),
  channels: z.array(z.string()),
  since: zTime,
  seenAt: zTime,
  troubles: z.array(z.object({ where: z.string(), reason: z.string(), message: z.string(), since: zTime })),
  untold: z.array(z.object({ channel: z.string(), repository: zRepository, promotion: z.string() })).default([]),
});
export type BotStateDto = z.output<typeof botState>;
export const botStates = z.object({ items: z.array(botState) });
