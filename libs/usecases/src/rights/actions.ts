import type { Role } from '@sluice/pipeline';

/**
 * Where a right has to be held. `place`: for the application in the environment, and for each that is concerned when there are several · `anywhere`: in any place of the repository ·
 * `whole`: for all applications in all environments of the repository · `server`: of its admins · `self`: by everybody who is signed in.
 */
export type ActionScope = 'place' | 'anywhere' | 'whole' | 'server' | 'self';

export interface ActionRule {
  /** The least role; absent: none is needed. */
  readonly role?: Role;
  readonly scope: ActionScope;
  /** Who may do it besides, whatever their role: whom the environment's emergency policy names, or whose approvals count there. */
  readonly or?: 'emergency' | 'approvals';
  /** Who has to be named besides having the role: by the policy of that gate. */
  readonly named?: 'approvals' | 'gate';
  /** In words, after "may". */
  readonly says: string;
}

/** Everything that can be written, and the right that it takes. The use cases ask this table, and nothing else decides. */
export const ACTIONS = {
  approve: { role: 'approver', scope: 'place', named: 'approvals', says: 'approve' },
  'approve-rollback': { scope: 'place', or: 'emergency', says: 'approve a rollback' },
  reject: { role: 'promoter', scope: 'place', or: 'approvals', says: 'reject' },
  clear: { role: 'promoter', scope: 'place', named: 'gate', says: 'clear it' },
  override: { scope: 'place', or: 'emergency', says: 'override it' },
  merge: { role: 'promoter', scope: 'place', says: 'merge' },
  promote: { role: 'promoter', scope: 'place', says: 'promote' },
  rollback: { role: 'promoter', scope: 'place', or: 'emergency', says: 'roll back' },
  'control-rollout': { role: 'promoter', scope: 'place', or: 'emergency', says: 'pause, continue or abort a rollout' },
  freeze: { role: 'promoter', scope: 'place', says: 'freeze' },
  lift: { role: 'promoter', scope: 'place', says: 'lift a freeze' },
  'accept-direct': { role: 'promoter', scope: 'place', says: 'accept direct pushes' },
  restore: { role: 'promoter', scope: 'place', says: 'put a branch back' },
  'capture-drift': { role: 'promoter', scope: 'place', says: 'capture drift' },
  'run-tests': { role: 'promoter', scope: 'place', says: 'have tests run again' },
  delegate: { role: 'approver', scope: 'place', says: 'delegate an approver’s right' },
  'break-glass': { scope: 'place', or: 'emergency', says: 'break the glass' },
  'end-right': { role: 'approver', scope: 'place', or: 'emergency', says: 'end it' },
  write: { role: 'promoter', scope: 'anywhere', says: 'write' },
  configure: { role: 'admin', scope: 'whole', says: 'change the pipeline file' },
  administrate: { role: 'admin', scope: 'server', says: 'do this' },
  'own-account': { scope: 'self', says: 'sign in and out' },
  look: { scope: 'self', says: 'look' },
} as const satisfies Readonly<Record<string, ActionRule>>;

export type ActionName = keyof typeof ACTIONS;

/** The rule of an action, without the exact type of its row. */
export function ruleOf(action: ActionName): ActionRule {
  return ACTIONS[action];
}
