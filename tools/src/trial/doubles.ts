import { EVERY_PERMISSION, ForgeDouble, type Grant, giteaSkin, GitlabSkin, startGithubDouble } from '@sluice/forge-doubles';

type Rights = Pick<Grant, 'kind' | 'rights'>;

/** A forge over the network as a trial needs it: a strict double, and what a token there has to allow. */
export interface TrialForge {
  readonly start: () => Promise<ForgeDouble>;
  /** Of Sluice's account; people and agents get the same, for git. */
  readonly rights: Rights;
}

const GITEA: Rights = { kind: 'token', rights: { repository: 'write', issue: 'read', user: 'read', permission: 'admin' } };

export const TRIAL_FORGES = {
  github: { start: async () => (await startGithubDouble()).double, rights: { kind: 'fine-grained', rights: EVERY_PERMISSION } },
  gitlab: { start: () => ForgeDouble.start((world) => new GitlabSkin(world)), rights: { kind: 'project', rights: { scopes: 'api', role: '40' } } },
  gitea: { start: () => ForgeDouble.start(giteaSkin({ kind: 'gitea' })), rights: GITEA },
  forgejo: { start: () => ForgeDouble.start(giteaSkin({ kind: 'forgejo' })), rights: GITEA },
} satisfies Readonly<Record<string, TrialForge>>;

export type TrialForgeKind = keyof typeof TRIAL_FORGES;
