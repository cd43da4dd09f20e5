import type { Protection } from './schema.js';

/** What the protection of branches will do to what Sluice does there, each as a sentence. */
export function protectionNotes(protections: readonly Protection[], login: string): readonly string[] {
  return protections.flatMap((protection) => {
    const rule = `the protection of ${protection.rule_name ?? protection.branch_name ?? 'a branch'}`;
    return RULES.flatMap((ruleOf) => ruleOf(protection, login) ?? []).map((text) => `${rule} ${text}`);
  });
}

const RULES: readonly ((protection: Protection, login: string) => string | undefined)[] = [
  ({ required_approvals: approvals }) => (approvals ? `wants ${approvals} approval${approvals === 1 ? '' : 's'} on the forge: approvals in Sluice count there only of people who have linked their account` : undefined),
  ({ enable_merge_whitelist: listed, merge_whitelist_usernames: names }, login) => (listed && !names?.includes(login) ? `lets only named people and teams merge, and ${login} is not named` : undefined),
  ({ enable_status_check: checked, status_check_contexts: contexts }) => (checked && contexts?.length ? `wants successful statuses: ${contexts.join(', ')}` : undefined),
  ({ require_signed_commits: signed }) => (signed ? 'wants signed commits: the forge must have a key to sign merges with' : undefined),
  ({ block_on_outdated_branch: current }) => (current ? 'wants branches that have all of the target before they are merged: requests behind it are refused' : undefined),
];
