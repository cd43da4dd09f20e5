import type { ProtectedBranch } from './schema.js';

interface Account {
  /** Its role in the project. */
  readonly level: number;
  readonly id: number;
}

type Levels = ProtectedBranch['merge_access_levels'];

/** What the protection of branches keeps Sluice from: docs.gitlab.com/api/protected_branches */
export function protectionNotes(branches: readonly ProtectedBranch[], account: Account): readonly string[] {
  return branches.flatMap((branch) => {
    const { name, merge_access_levels: merge, push_access_levels: push, allow_force_push: force } = branch;
    if (isOurs(name)) return allows(push, account) && force === true ? [] : [`the protection of ${name} keeps Sluice from its own branches: let its account push there, with force`];
    return allows(merge, account) ? [] : [`the protection of ${name} does not let Sluice's account merge into it: allow it there, or give it a higher role`];
  });
}

/** `sluice/*`, `*` and the like: they hold Sluice's branches. */
function isOurs(pattern: string): boolean {
  const [literal = ''] = pattern.split('*');
  return pattern.includes('*') && ('sluice/promote/'.startsWith(literal) || literal.startsWith('sluice/'));
}


/** A level of 0 is nobody's. A group's members are not known here: what names a group may hold. */
function allows(levels: Levels, { level, id }: Account): boolean {
  return levels.some((one) => one.user_id === id || one.group_id != null || (one.user_id == null && one.access_level != null && one.access_level > 0 && one.access_level <= level));
}
