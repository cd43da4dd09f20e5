import { messageOf } from '@sluice/kernel';
import { CronExpressionParser } from 'cron-parser';

const FIELDS = 5;
/** Numbers, names of months and weekdays, and what joins them: nothing random (`H`), no seconds, no nicknames. */
const FIELD = /^(?!.*\bH)[\dA-Z*,/#?-]+$/i;
// Any day will do: what comes once in leap years is found from each.
const SOME_TIME = new Date('2024-01-01T00:00:00Z');

/** What is wrong with a cron expression; undefined when it is right and comes at all. */
export function checkCron(text: string): string | undefined {
  const fields = text.split(/\s+/);
  if (fields.length !== FIELDS) return `a cron expression has five fields (minute, hour, day of the month, month, weekday), "${text}" has ${fields.length}`;
  const odd = fields.find((field) => !FIELD.test(field));
  if (odd !== undefined) return `"${odd}" is not a field of a cron expression`;
  try {
    CronExpressionParser.parse(text, { currentDate: SOME_TIME, tz: 'UTC' }).next();
    return undefined;
  } catch (error) {
    return `"${text}" is not a cron expression: ${messageOf(error)}`;
  }
}
