import { present } from '@sluice/kernel';
import type { NotificationEndpoints } from '../ports/index.js';
import { reachability, type NotifySettings } from './default-targets.js';

/** A target; `message`: why the server has no way to it. */
export interface CheckedTarget {
  readonly target: string;
  readonly message?: string;
}

/** Whether the server has a way to targets that a pipeline file names, or is to name. Nothing is told of an endpoint but that its name is known. */
export class CheckTargets {
  constructor(
    private readonly ports: { readonly notificationEndpoints: Pick<NotificationEndpoints, 'list'> },
    private readonly settings: Pick<NotifySettings, 'hasMail'>,
  ) {}

  /** In the order given, each once. */
  async run(targets: readonly string[]): Promise<readonly CheckedTarget[]> {
    const why = await reachability(this.ports, this.settings);
    return [...new Set(targets)].map((target) => ({ target, ...present({ message: why(target) }) }));
  }
}
