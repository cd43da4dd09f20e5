import { z } from 'zod';
import { checkQuietTimes, parseDigest } from '../notifications/digest.js';
import { NOTIFICATION_EVENT_NAMES, NOTIFICATION_EVENTS } from '../notifications/events.js';
import { parseNotificationTarget } from '../notifications/target.js';
import { checkTimezone } from '../windows/local-time.js';
import { checked, name } from './scalars.js';
import { section } from './section.js';

const LIST = Object.entries(NOTIFICATION_EVENTS)
  .map(([event, meaning]) => `${event}: ${meaning}`)
  .join('; ');

const event = z.enum(NOTIFICATION_EVENT_NAMES as [keyof typeof NOTIFICATION_EVENTS]);
const eventOrAny = z.enum(['*', ...NOTIFICATION_EVENT_NAMES] as ['*', keyof typeof NOTIFICATION_EVENTS]).describe(LIST);

const target = checked((text) =>
  parseNotificationTarget(text) ? undefined : 'must be "slack:#channel", "mail:somebody@example.org" or "webhook:<name>" (a name that the server has: `sluice notify endpoint list`)',
).describe('slack:#channel, mail:somebody@example.org or webhook:<name>. No addresses of webhooks and no secrets: those are the server’s.');

const digest = checked((text) => {
  const result = parseDigest(text);
  return result.ok ? undefined : result.problem;
}).describe('Tell together what comes: "15m", "daily 09:00", "daily 09:00 Europe/Berlin". Default: at once.');

const names = z.array(name).min(1).max(500);

const quiet = section({
  times: z.array(checked(checkQuietTimes)).min(1).max(20).describe('Times as of windows: "22:00-07:00", "Sat,Sun", "Fri 18:00-Mon 08:00".'),
  timezone: checked(checkTimezone).optional().describe('A time zone of the IANA database; default UTC.'),
  except: z.array(event).max(NOTIFICATION_EVENT_NAMES.length).optional().describe('What is told in these times as well.'),
});

export const notifications = z
  .array(
    section({
      on: z.array(eventOrAny).min(1).max(NOTIFICATION_EVENT_NAMES.length + 1),
      environments: names.optional().describe('Default: all, and what belongs to none.'),
      applications: names.optional().describe('Default: all, and what belongs to none.'),
      to: z.array(target).min(1).max(20),
      digest: digest.optional(),
      quiet: quiet.optional().describe('When nobody is to be disturbed: what comes then is told together afterwards.'),
    }),
  )
  .max(100)
  .describe('Who is told of what, and where.');
