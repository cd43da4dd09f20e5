import type { API } from '@sluice/contracts';
import { ruleOf, type ActionName } from '@sluice/usecases';

type Routes = typeof API;

/** Routes by which people change something. */
export type WritingRoute = { [Name in keyof Routes]: Routes[Name]['method'] extends 'GET' ? never : Routes[Name]['access'] extends 'person' | 'admin' ? Name : never }[keyof Routes];

/** What each route that people write by does: one that is missing here does not compile, and `rights.spec.ts` tries them all. */
export const ROUTE_ACTIONS: Readonly<Record<WritingRoute, ActionName>> = {
  signOut: 'own-account',
  revokeToken: 'own-account',
  createLoginLink: 'own-account',
  createLoginCode: 'own-account',
  createOwnToken: 'own-account',
  revokeOneToken: 'own-account',
  endSession: 'own-account',
  createSlackCode: 'own-account',
  linkOwnAccount: 'own-account',
  unlinkOwnAccount: 'own-account',
  addIdentity: 'administrate',
  removeIdentity: 'administrate',
  savePerson: 'administrate',
  deactivatePerson: 'administrate',
  reactivatePerson: 'administrate',
  createTokenFor: 'administrate',
  createRepository: 'administrate',
  connectRepository: 'administrate',
  disconnectRepository: 'administrate',
  addCredential: 'administrate',
  rotateCredential: 'administrate',
  removeCredential: 'administrate',
  linkAccount: 'administrate',
  unlinkAccount: 'administrate',
  saveOauthClient: 'administrate',
  removeOauthClient: 'administrate',
  rebuild: 'administrate',
  acceptDirect: 'accept-direct',
  restoreEnvironment: 'restore',
  plan: 'look',
  planKnown: 'look',
  planContent: 'look',
  promote: 'promote',
  rollback: 'rollback',
  approve: 'approve',
  reject: 'reject',
  clearGate: 'clear',
  overrideGate: 'override',
  mergePromotion: 'merge',
  grantRole: 'administrate',
  revokeRole: 'administrate',
  delegate: 'delegate',
  breakGlass: 'break-glass',
  endRight: 'end-right',
  freeze: 'freeze',
  liftFreezes: 'lift',
  rerunTests: 'run-tests',
  pauseRollout: 'control-rollout',
  continueRollout: 'control-rollout',
  abortRollout: 'control-rollout',
  captureDrift: 'capture-drift',
  createJoinToken: 'administrate',
  revokeCluster: 'administrate',
  labelCluster: 'administrate',
  acceptCommit: 'administrate',
  signAudit: 'administrate',
  testNotification: 'administrate',
  addNotifyEndpoint: 'administrate',
  rotateNotifyEndpoint: 'administrate',
  removeNotifyEndpoint: 'administrate',
  createChange: 'write',
  updateChange: 'write',
  mergeChange: 'write',
  closeChange: 'write',
  createReview: 'write',
  createStatus: 'write',
};

/** `approver of the place, named by its approvals`, for the table of routes. */
export function sayRight(action: ActionName): string {
  const { role, scope, or, named } = ruleOf(action);
  if (scope === 'self') return 'everybody';
  if (scope === 'server') return 'admin of the server';
  const held = role === undefined ? [] : [`${role} ${scope === 'anywhere' ? 'anywhere in the repository' : 'of the place'}${named === undefined ? '' : `, named by the ${named === 'gate' ? 'gate' : 'approvals'}`}`];
  return [...held, ...(or === undefined ? [] : [`named by the ${or === 'emergency' ? 'emergency policy' : 'approvals'}`])].join(' or ');
}
