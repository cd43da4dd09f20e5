import type { RepositoryId } from '@sluice/kernel';

/** The contexts that must be `success` on a request's head before it can be merged. */
export type ProtectionRule = (targetBranch: string, sourceBranch: string) => readonly string[];

/** Rules of this process, as the server sets them from each pipeline; a repository without one is not protected. */
export class Protection {
  private readonly rules = new Map<RepositoryId, ProtectionRule>();

  protect(repository: RepositoryId, rule: ProtectionRule): void {
    this.rules.set(repository, rule);
  }

  required(repository: RepositoryId, targetBranch: string, sourceBranch: string): readonly string[] {
    return this.rules.get(repository)?.(targetBranch, sourceBranch) ?? [];
  }
}
