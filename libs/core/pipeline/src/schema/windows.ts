import { z } from 'zod';
import { checkTimezone, parseLocalTime } from '../windows/local-time.js';
import { parseWindowTimes } from '../windows/parse-window-times.js';
import { checked, name, text } from './scalars.js';
import { section } from './section.js';

const times = checked((value) => {
  const result = parseWindowTimes(value);
  return result.ok ? undefined : result.problem;
}).describe('Times: "Fri 15:00-Mon 08:00", "22:00-06:00", "Mon-Fri 09:00-17:00", "Sat,Sun", or a cron expression with a duration: "0 22 * * 1-5 for 8h".');

const timezone = checked(checkTimezone).describe('A time zone of the IANA database, such as Europe/Berlin; default UTC.');

const RULE = {
  deny: times.optional().describe('Nothing is merged in these times.'),
  allow: times.optional().describe('Things are merged in these times only.'),
  timezone: timezone.optional(),
};

/** When things are merged into the environment. */
export const windows = z.array(section(RULE).superRefine(eitherOr)).min(1).max(20);

export const windowGate = section({ name, type: z.literal('window'), ...RULE })
  .superRefine(eitherOr)
  .describe('Passes at the times that are allowed, or not denied.');

const time = checked((value) => (parseLocalTime(value, 'UTC') === undefined ? 'must be a time such as "2026-12-24", "2026-12-24T18:00" or "2026-12-24T18:00+01:00"' : undefined));

export const freezeGate = section({
  name,
  type: z.literal('freeze'),
  from: time.optional().describe('When it begins; default at once.'),
  until: time.describe('When it ends by itself.'),
  timezone: timezone.optional(),
  reason: text.describe('Why, for those who wait.'),
})
  .superRefine((freeze, context) => {
    const [from, until] = [parseLocalTime(freeze.from ?? '', 'UTC'), parseLocalTime(freeze.until, 'UTC')];
    if (from !== undefined && until !== undefined && from >= until) context.addIssue({ code: 'custom', message: 'ends before it begins', path: ['until'] });
  })
  .describe('Holds everything from one time to another.');

function eitherOr(rule: { readonly deny?: string | undefined; readonly allow?: string | undefined }, context: z.RefinementCtx): void {
  if ((rule.deny === undefined) === (rule.allow === undefined)) context.addIssue({ code: 'custom', message: 'needs either "deny" or "allow"', path: [] });
}
