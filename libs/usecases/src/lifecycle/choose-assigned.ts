import type { CommitSha } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import type { DirectCommit, EnvironmentIndex, EnvironmentState } from '../ports/index.js';
import { unreviewedMessage, unreviewedOf } from './unreviewed.js';

export interface Choice {
  readonly assigned: CommitSha | undefined;
  /** Why it is not the head. */
  readonly message: string | undefined;
  readonly unreviewed: readonly DirectCommit[];
}

type Ports = Parameters<typeof unreviewedOf>[0] & { readonly environments: Pick<EnvironmentIndex, 'position'> };

/** What the agents are to run: the head, unless a merge in it is not what was composed, or a commit has to be reviewed first. What nobody approved reaches no agent, and nobody goes back. */
export async function chooseAssigned(ports: Ports, environment: Environment | undefined, state: EnvironmentState): Promise<Choice> {
  const unreviewed = environment ? await unreviewedOf(ports, environment, state) : [];
  const tampered = Object.entries(state.tampered).map(([application, commit]) => `${application} at ${commit.slice(0, 10)} is not what was composed`);
  if (tampered.length > 0) return { assigned: state.assigned, message: `not assigned: ${tampered.join('; ')}`, unreviewed };
  const [first] = unreviewed;
  if (!first) return { assigned: state.head ?? state.assigned, message: undefined, unreviewed };
  return { assigned: await newer(ports, state, first.parent), message: `not assigned: ${unreviewedMessage(state.environment, unreviewed)}`, unreviewed };
}

async function newer({ environments }: Ports, { repository, environment, assigned }: EnvironmentState, wanted: CommitSha | undefined): Promise<CommitSha | undefined> {
  if (wanted === undefined || assigned === undefined) return assigned ?? wanted;
  const [now, then] = [await environments.position(repository, environment, assigned), await environments.position(repository, environment, wanted)];
  return then !== undefined && (now === undefined || then > now) ? wanted : assigned;
}
