import { InvalidInput } from '@sluice/kernel';
import type { Gate } from '../model.js';
import { parseLocalTime } from './local-time.js';
import { parseWindowTimes } from './parse-window-times.js';
import type { WindowRule } from './window.js';

interface RuleFile {
  readonly deny?: string | undefined;
  readonly allow?: string | undefined;
  readonly timezone?: string | undefined;
}

export function toWindowRule({ deny, allow, timezone = 'UTC' }: RuleFile): WindowRule {
  const text = deny ?? allow ?? '';
  const result = parseWindowTimes(text);
  if (!result.ok) throw new InvalidInput(`"${text}" passed the checks, but cannot be read: ${result.problem}`);
  return { effect: deny === undefined ? 'allow' : 'deny', times: result.times, timezone, text };
}

export function toFreezeGate(file: { readonly name: string; readonly from?: string | undefined; readonly until: string; readonly timezone?: string | undefined; readonly reason: string }): Gate {
  const { name, reason, timezone = 'UTC' } = file;
  const [from, until] = [parseLocalTime(file.from ?? '', timezone), parseLocalTime(file.until, timezone)];
  if (until === undefined) throw new InvalidInput(`"${file.until}" passed the checks, but is no time`);
  return { name, type: 'freeze', ...(from === undefined ? {} : { from }), until, timezone, reason };
}
