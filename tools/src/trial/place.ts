import type { LocalSystem } from '@sluice/testing';

export interface TrialRequest {
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly sourceBranch: string;
}

/** Where the repository of a trial is, and what its people do there. */
export interface TrialPlace {
  readonly system: LocalSystem;
  /** The repository's name in Sluice. */
  readonly repository: string;
  /** What the tester's git pushes to, and what it needs for that. */
  readonly remote: { readonly url: string; readonly environment: Readonly<Record<string, string>> };
  /** The folder that an environment's agent keeps. */
  folderOf(environment: string): string;
  /** Approves each promotion into prod that may be approved. */
  approve(): Promise<void>;
  requests(): Promise<readonly TrialRequest[]>;
  /** What happened there that should not have, when all is done; what it cost is told. */
  findings(requests: readonly TrialRequest[], tell: (text: string) => void): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export const ENVIRONMENTS = ['dev', 'qa', 'prod'] as const;

/** ada changes, grace releases. */
export const PEOPLE = [
  { name: 'ada', displayName: 'Ada', emails: ['ada@example.org'], groups: ['developers'], admin: false },
  { name: 'grace', displayName: 'Grace', emails: ['grace@example.org'], groups: ['release-managers'], admin: false },
];
