/** Which of the two a double speaks as. */
export type GiteaKind = 'gitea' | 'forgejo';

/** Where they differ, as far as Sluice sees it. */
export interface Dialect {
  readonly kind: GiteaKind;
  /** `draft` is a field of a request (Gitea since 1.22). Without it only the title says it. */
  readonly draftField: boolean;
  /** A commit without statuses has a combined status (Gitea since 1.23); before, the answer is empty. */
  readonly emptyCombined: boolean;
  readonly hookTypes: readonly string[];
  /** Statuses are told of by webhooks (Gitea since 1.24). */
  readonly statusEvents: boolean;
  /** How a refusal by the protection of a branch begins (`ErrDisallowedToMerge`, `ErrNotReadyToMerge` since Gitea 1.25). */
  readonly notReady: string;
  /** How a missing scope is said. */
  scopeMessage(wanted: string): string;
}

export const DIALECTS: Readonly<Record<GiteaKind, Dialect>> = {
  gitea: {
    kind: 'gitea',
    draftField: true,
    emptyCombined: true,
    hookTypes: ['gitea', 'gogs', 'slack'],
    statusEvents: true,
    notReady: 'not ready to merge',
    scopeMessage: (wanted) => `token does not have at least one of required scope(s), required=[${wanted}], token scope=read:misc`,
  },
  forgejo: {
    kind: 'forgejo',
    draftField: false,
    emptyCombined: false,
    hookTypes: ['forgejo', 'gitea', 'gogs', 'slack'],
    statusEvents: false,
    notReady: 'not allowed to merge',
    scopeMessage: (wanted) => `token does not have at least one of required scope(s): [${wanted}]`,
  },
};
