import { type DoubleRepository, EVERY_PERMISSION, ForgeDouble, type GitlabSettings, type Grant, giteaSkin, GitlabSkin, startGithubDouble } from '@sluice/forge-doubles';
import type { MergeMethod } from './built-in-place.js';

type Rights = Pick<Grant, 'kind' | 'rights'>;

/** A forge over the network as a trial needs it: a strict double, and what a token there has to allow. */
export interface TrialForge {
  readonly start: () => Promise<ForgeDouble>;
  /** Of Sluice's account; people and agents get the same, for git. */
  readonly rights: Rights;
  /** What a repository's owner chooses in its settings. */
  readonly mergeOnlyBy: (double: ForgeDouble, repository: DoubleRepository, method: MergeMethod) => void;
}

/** On GitLab, squashing goes with each of its methods. */
const ON_GITLAB: Readonly<Record<MergeMethod, Pick<GitlabSettings, 'mergeMethod' | 'squashOption'>>> = {
  squash: { mergeMethod: 'ff', squashOption: 'always' },
  rebase: { mergeMethod: 'ff', squashOption: 'never' },
  merge: { mergeMethod: 'merge', squashOption: 'never' },
};

function methodOf(_double: ForgeDouble, { settings }: DoubleRepository, method: MergeMethod): void {
  settings.methods = [method];
}

function gitlabMethod({ skin }: ForgeDouble, repository: DoubleRepository, method: MergeMethod): void {
  if (!(skin instanceof GitlabSkin)) throw new Error('it is not GitLab');
  Object.assign(skin.settings(repository), ON_GITLAB[method]);
}

const GITEA: Rights = { kind: 'token', rights: { repository: 'write', issue: 'read', user: 'read', permission: 'admin' } };

export const TRIAL_FORGES = {
  github: { start: async () => (await startGithubDouble()).double, rights: { kind: 'fine-grained', rights: EVERY_PERMISSION }, mergeOnlyBy: methodOf },
  gitlab: { start: () => ForgeDouble.start((world) => new GitlabSkin(world)), rights: { kind: 'project', rights: { scopes: 'api', role: '40' } }, mergeOnlyBy: gitlabMethod },
  gitea: { start: () => ForgeDouble.start(giteaSkin({ kind: 'gitea' })), rights: GITEA, mergeOnlyBy: methodOf },
  forgejo: { start: () => ForgeDouble.start(giteaSkin({ kind: 'forgejo' })), rights: GITEA, mergeOnlyBy: methodOf },
} satisfies Readonly<Record<string, TrialForge>>;

export type TrialForgeKind = keyof typeof TRIAL_FORGES;
