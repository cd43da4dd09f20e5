import type { ApplicationName, CommitSha, Digest, EnvironmentName, ObjectSha, PromotionId } from '@sluice/kernel';

/** What `.sluice/<target>/<application>.yaml` says: written in the same commit as the change it records. */
export interface Ledger {
  readonly target: EnvironmentName;
  readonly application: ApplicationName;
  readonly source: EnvironmentName;
  readonly commit: CommitSha;
  readonly origin: CommitSha;
  readonly digest: Digest;
  readonly promotion: PromotionId;
  readonly attempt: number;
  readonly paths: readonly string[];
  /** Content key of the application's paths in the result: whoever reads the merge commit can tell whether it is what was composed. */
  readonly content: ObjectSha;
}
