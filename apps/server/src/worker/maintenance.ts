import { later, type RepositoryId } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { Ports } from '../compose/ports.js';

const UPKEEP_INTERVAL = 10 * 60_000;

/** What nobody asks for: the sweep that repairs what events missed, and the upkeep of what is stored. */
export class Maintenance {
  private upkeepAt = 0;

  constructor(
    private readonly ports: Pick<Ports, 'repositories' | 'wakes' | 'clock' | 'upkeep' | 'memory'>,
    private readonly options: { readonly sweepInterval: number; readonly remoteSweepInterval: number; readonly log: Logger; readonly audit: { run(): Promise<void> } },
  ) {}

  async run(): Promise<void> {
    await this.sweep();
    const now = this.ports.clock();
    if (now < this.upkeepAt) return;
    this.upkeepAt = now + UPKEEP_INTERVAL;
    for (const [name, work] of Object.entries({ ...this.ports.upkeep, audit: () => this.options.audit.run() })) {
      try {
        await work();
      } catch (error) {
        this.options.log.warn({ err: error, work: name }, 'upkeep failed; it is tried again later');
      }
    }
  }

  /** Looks at every repository, spread over half of the interval. */
  private async sweep(): Promise<void> {
    const now = this.ports.clock();
    for (const { id, remote } of await this.ports.repositories.list()) {
      if (remote && !(await this.isRemoteTurn(id, now))) continue;
      await this.ports.wakes.wakeAt(`sweep:${id}`, { kind: 'repository', repository: id }, later(now, Math.floor((Math.random() * this.options.sweepInterval) / 2)));
    }
  }

  /** Others' forges are asked more rarely, however many servers there are. */
  private async isRemoteTurn(id: RepositoryId, now: number): Promise<boolean> {
    const key = `swept:${id}`;
    const before = Number((await this.ports.memory.get(key)) ?? 0);
    // a clock that was set back by hours must not stop it; clocks that differ by seconds do not matter
    if (Math.abs(now - before) < this.options.remoteSweepInterval) return false;
    await this.ports.memory.put(key, String(now));
    return true;
  }
}
