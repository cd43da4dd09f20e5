import type { BuiltinForge } from '@sluice/forge-builtin';
import { instant, type Clock } from '@sluice/kernel';
import { createCheckedFetch } from '@sluice/outbound-http';
import type { Store } from '@sluice/store-postgres';
import { OwnAccounts, RemoteForges, routeForges, type ForgePorts, type OwnAccountPorts, type Sealer } from '@sluice/usecases';
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
export function openForges(settings: Pick<Settings, 'outboundAllow' | 'secrets'>, parts: Pick<Store, 'forges' | 'repositories'> & Omit<OwnAccountPorts, 'sealer' | 'clock'>, builtin: BuiltinForge, activity: Activity): OpenedForges {
  const { forges, repositories } = parts;
  const way = createCheckedFetch({ allowedNetworks: settings.outboundAllow });
  const sealer = createSealer(settings.secrets);
  const remotes = new RemoteForges({ forges, repositories, sealer, clock, fetch: way.fetch, adapters: FORGE_ADAPTERS, onCall: (kind, call) => countRemoteCall(activity, kind, call) });
  const own = new OwnAccounts({ ...parts, sealer, clock }, remotes);
  return {
    routed: routeForges({ builtin, remotes, repositories, forges, own, clock }),
    remotes,
    sealer,
    close: async () => {
      await remotes.close();
      await way.close();
    },
  };
}
