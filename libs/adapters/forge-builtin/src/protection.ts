import type { RepositoryId } from '@sluice/kernel';

/** The contexts that must be `success` on a request's head before it can be merged. */
export type ProtectionRule = (targetBranch: string, sourceBranch: string) => readonly string[];

/** Rules of this process: one for all repositories, and others in its place for some. */
export class Protection {
  private readonly rules = new Map<RepositoryId, ProtectionRule>();

  constructor(private readonly general: ProtectionRule = () => []) {}

  protect(repository: RepositoryId, rule: ProtectionRule): void {
    this.rules.set(repository, rule);
  }

  required(repository: RepositoryId, targetBranch: string, sourceBranch: string): readonly string[] {
    const rule = this.rules.get(repository) ?? this.general;
    return rule(targetBranch, sourceBranch);
  }
}
