import { applicationName } from '@sluice/kernel';
import type { ApplicationName, EnvironmentName, RepositoryId } from '@sluice/kernel';
import { backflowBranch, sayTargetOnly } from '@sluice/promotion';
import type { TargetOnly, Verdict } from '@sluice/promotion';
import type { EnvironmentState } from '../ports/index.js';

/** Hotfixes beside what waits: they are seen before anybody returns them. */
interface TargetOnlyItem {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly application: ApplicationName;
  readonly condition: 'target-only';
  readonly message: string;
  readonly verdicts: readonly Verdict[];
  readonly conflicts: readonly [];
}

export function targetOnlyItems(states: readonly EnvironmentState[], filter: { readonly application?: ApplicationName; readonly environment?: EnvironmentName }): readonly TargetOnlyItem[] {
  const concerned = states.filter(({ environment }) => filter.environment === undefined || environment === filter.environment);
  return concerned.flatMap((state) =>
    Object.entries(state.targetOnly ?? {})
      .filter(([application]) => filter.application === undefined || application === filter.application)
      .map(([application, targetOnly]) => itemOf(state, applicationName(application), targetOnly)),
  );
}

function itemOf({ repository, environment }: EnvironmentState, application: ApplicationName, { first, changes }: TargetOnly): TargetOnlyItem {
  const clearedBy = `the request of branch ${backflowBranch({ first, application, environment })}, once it is merged in ${first} and has come back by promotion (\`sluice backflow ${application} ${environment}\`); or a commit on ${environment} that takes the change back`;
  const verdicts = changes.map((change): Verdict => {
    const { commit, author, subject, at, nodes } = change;
    return { gate: 'target-only', type: 'backflow', outcome: 'wait', message: sayTargetOnly(environment, change), clearedBy, since: at, evidence: { commit, author, subject, places: nodes.length } };
  });
  return { repository, environment, application, condition: 'target-only', message: `${environment} has changes of ${application} that did not come by promotion; promotions leave them as they are`, verdicts, conflicts: [] };
}
