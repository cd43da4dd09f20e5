export { ACTIONS, ruleOf, type ActionName, type ActionRule, type ActionScope } from './actions.js';
export type { BrokenGlass } from './broken-glass.js';
export { delegatorsFor } from './delegators.js';
export { effectivePipeline, effectiveRoles, withoutGlass } from './effective-roles.js';
export { assertMayBring, assertMayWrite } from './assert-may-write.js';
export { isPermitted, sayWhoMay, whoMay, type Wanted } from './who-may.js';
export { GiveRights, type RightWanted } from './give-rights.js';
export { ManageRoles } from './manage-roles.js';
export { ReadApprovals, type ApprovalList, type ListedApproval } from './read-approvals.js';
