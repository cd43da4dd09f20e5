import type { Clock } from '@sluice/kernel';
import type { VerifyAudit } from '../audit/verify-audit.js';
import type { EventLog, Settings } from '../ports/index.js';

const DAY = 86_400_000;
const KEY = 'audit-watched-at';

/** Follows the chain of the audit once a day, and says what is wrong with it. */
export class WatchAudit {
  constructor(
    private readonly ports: { readonly clock: Clock; readonly events: Pick<EventLog, 'append'>; readonly memory: Settings },
    private readonly verify: Pick<VerifyAudit, 'run'>,
  ) {}

  async run(): Promise<void> {
    const { clock, events, memory } = this.ports;
    const now = clock();
    const before = Number((await memory.get(KEY)) ?? 0);
    // a clock that was set back must not stop it
    if (Math.abs(now - before) < DAY) return;
    await memory.put(KEY, String(now));
    // at the first start there is nothing to look back on, and much else to do
    if (before === 0) return;
    const { findings } = await this.verify.run();
    const [first] = findings;
    if (first) await events.append({ type: 'audit.finding', message: `${findings.length} ${findings.length === 1 ? 'thing is' : 'things are'} wrong in the audit; the first is at entry ${first.sequence}: ${first.message}` });
  }
}
