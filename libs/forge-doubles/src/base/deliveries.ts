import type { DoubleRepository } from './double-repository.js';
import type { DoubleEvent, Hook } from './records.js';

/** What a webhook sends. */
export interface Delivery {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A skin's payloads of an event for a hook: none when the hook did not ask for it. */
export type Payloads = (event: DoubleEvent, hook: Hook, repository: DoubleRepository) => readonly Delivery[];

/** Milliseconds; forges wait for about ten seconds, but a test on a busy machine is not to lose one. */
const PATIENCE = 30_000;

/** Sends webhooks over real HTTP, and remembers them. */
export class Deliveries {
  private readonly sent: Delivery[] = [];
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly payloads: Payloads) {}

  /** Begins to send what the event means to every hook of the repository; a receiver that fails changes nothing. */
  announce(repository: DoubleRepository, event: DoubleEvent): void {
    for (const hook of repository.hooks.values()) if (hook.active) for (const delivery of this.payloads(event, hook, repository)) this.send(delivery);
  }

  /** Sends it (again), as a forge's "redeliver" does. */
  send(delivery: Delivery): void {
    this.sent.push(delivery);
    const running = post(delivery).finally(() => this.running.delete(running));
    this.running.add(running);
  }

  /** Until everything that has been sent was taken or refused. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  all(): readonly Delivery[] {
    return this.sent;
  }
}

async function post({ url, headers, body }: Delivery): Promise<void> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) });
    await response.arrayBuffer();
  } catch {
    // nobody there: forges show it in their settings
  }
}
