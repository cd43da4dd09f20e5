import type { BuiltinForge } from '@sluice/forge-builtin';
import { instant, type Clock } from '@sluice/kernel';
import { createCheckedFetch } from '@sluice/outbound-http';
import type { Store } from '@sluice/store-postgres';
import { RemoteForges, routeForges, type ForgePorts, type Sealer } from '@sluice/usecases';
import type { Settings } from '../settings.js';
import { countRemoteCall, type Activity } from './activity.js';
import { FORGE_ADAPTERS } from './forge-adapters.js';
import { createSealer } from './sealer.js';

const clock: Clock = () => instant(Date.now());

/** Every forge behind the same ports. */
export interface OpenedForges {
  readonly routed: ForgePorts;
  readonly remotes: RemoteForges;
  readonly sealer: Sealer;
  close(): Promise<void>;
}

/** The built-in forge, and those that repositories are connected with. */
export function openForges(settings: Pick<Settings, 'outboundAllow' | 'secrets'>, { forges, repositories }: Pick<Store, 'forges' | 'repositories'>, builtin: BuiltinForge, activity: Activity): OpenedForges {
  const way = createCheckedFetch({ allowedNetworks: settings.outboundAllow });
  const sealer = createSealer(settings.secrets);
  const remotes = new RemoteForges({ forges, repositories, sealer, clock, fetch: way.fetch, adapters: FORGE_ADAPTERS, onCall: (kind, call) => countRemoteCall(activity, kind, call) });
  return {
    routed: routeForges({ builtin, remotes, repositories, forges, clock }),
    remotes,
    sealer,
    close: async () => {
      await remotes.close();
      await way.close();
    },
  };
}
