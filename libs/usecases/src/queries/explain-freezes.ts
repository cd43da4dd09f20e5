import type { EnvironmentName, RepositoryId } from '@sluice/kernel';
import { sayFreeze } from '@sluice/gates';
import type { Pipeline } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import type { StoredFreeze } from '../ports/index.js';
import type { FreezeScope } from '../lifecycle/freeze-lanes.js';

/** A freeze beside what waits for it: it is seen although nothing is open yet. */
interface FrozenItem extends FreezeScope {
  readonly environment: EnvironmentName;
  readonly condition: 'frozen';
  readonly message: string;
  readonly verdicts: readonly Verdict[];
  readonly conflicts: readonly [];
}

/** One entry for each freeze and environment that is asked about. */
export function freezeItems(repository: RepositoryId, pipeline: Pipeline | undefined, freezes: readonly StoredFreeze[], filter: Omit<FreezeScope, 'repository'>): readonly FrozenItem[] {
  const targets = (pipeline?.environments ?? []).filter(({ name, from }) => from.length > 0 && (filter.environment === undefined || filter.environment === name));
  const concerned = freezes.filter(({ application }) => filter.application === undefined || application === undefined || application === filter.application);
  return targets.flatMap(({ name }) => concerned.filter(({ environment }) => environment === undefined || environment === name).map((freeze) => frozenItem(repository, name, freeze)));
}

function frozenItem(repository: RepositoryId, environment: EnvironmentName, freeze: StoredFreeze): FrozenItem {
  const { application, by, reason, at, until } = freeze;
  const message = sayFreeze(freeze);
  const verdict: Verdict = {
    gate: 'freeze',
    type: 'freeze',
    outcome: 'wait',
    message,
    clearedBy: until === undefined ? 'a promoter, with sluice unfreeze' : 'time, or a promoter with sluice unfreeze',
    since: at,
    ...(until === undefined ? {} : { until }),
    evidence: { by, reason },
  };
  return { repository, environment, ...(application === undefined ? {} : { application }), condition: 'frozen', message, verdicts: [verdict], conflicts: [] };
}
