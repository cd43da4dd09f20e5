import { z } from 'zod';
import { COMMAND_SETTINGS, type CommandSettings, commandsOf, missingOfCommands } from './command-settings.js';
import { absolute } from './fields.js';

export interface DirectorySettings {
  readonly kind: 'directory';
  readonly folder: string;
}

export interface KubernetesSettings {
  readonly kind: 'kubernetes';
  /** Absent: the cluster that the agent runs in. */
  readonly kubeconfig?: string | undefined;
  readonly kubeContext?: string | undefined;
  readonly applyAs: string;
  /** Of the agent's record; absent: that of its pod. */
  readonly namespace?: string | undefined;
  readonly defaultNamespace: string;
  /** Where tests run; absent: the default namespace. */
  readonly testNamespace?: string | undefined;
  readonly healthRules: readonly z.output<typeof healthRule>[];
}

export type TargetSettings = DirectorySettings | KubernetesSettings | CommandSettings;

const namespace = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a name of small letters, digits and dashes');

const healthRule = z.strictObject({ apiVersion: z.string(), kind: z.string(), inProgress: z.string().optional(), failed: z.string().optional(), current: z.string().optional() });
const healthRules = z.string().transform((text, context) => {
  const parsed = z.array(healthRule).safeParse(jsonOf(text));
  if (!parsed.success) context.addIssue({ code: 'custom', message: 'a JSON list like [{"apiVersion": "example.com/v1", "kind": "Shop", "current": "object.status.phase == \'Ready\'"}]' });
  return parsed.data ?? [];
});

/** Settings that say what an agent keeps like its branch. */
export const TARGET_SETTINGS = {
  SLUICE_TARGET: z.enum(['directory', 'kubernetes', 'command'], { error: 'directory, kubernetes or command' }).default('directory'),
  SLUICE_TARGET_DIR: absolute.optional(),
  /** From outside of the cluster. */
  SLUICE_KUBECONFIG: absolute.optional(),
  SLUICE_KUBE_CONTEXT: z.string().optional(),
  /** Whose rights are used: never the agent's own, unless it is said. */
  SLUICE_APPLY_AS: z.string().optional(),
  SLUICE_KUBE_NAMESPACE: namespace.optional(),
  SLUICE_DEFAULT_NAMESPACE: namespace.default('default'),
  SLUICE_TEST_NAMESPACE: namespace.optional(),
  /** When objects of a kind are well, in CEL: for kinds that say so in a way of their own. */
  SLUICE_HEALTH_RULES: healthRules.default([]),
  ...COMMAND_SETTINGS,
};

type TargetEnvironment = z.output<z.ZodObject<typeof TARGET_SETTINGS>>;

/** What a kind of target cannot be without. */
export function missingOfTarget(env: TargetEnvironment): { readonly path: string; readonly message: string } | undefined {
  if (env.SLUICE_TARGET === 'directory') return env.SLUICE_TARGET_DIR === undefined ? { path: 'SLUICE_TARGET_DIR', message: 'set it to the folder that is to be kept like the branch' } : undefined;
  if (env.SLUICE_TARGET === 'command') return missingOfCommands(env);
  if (env.SLUICE_APPLY_AS !== undefined) return undefined;
  return { path: 'SLUICE_APPLY_AS', message: 'name the ServiceAccounts that apply, as namespace/name, or set it to self: then the agent applies with its own rights' };
}

/** @param env in which nothing is missing */
export function targetOf(env: TargetEnvironment): TargetSettings {
  if (env.SLUICE_TARGET === 'directory') return { kind: 'directory', folder: env.SLUICE_TARGET_DIR ?? '' };
  if (env.SLUICE_TARGET === 'command') return commandsOf(env);
  return {
    kind: 'kubernetes',
    kubeconfig: env.SLUICE_KUBECONFIG,
    kubeContext: env.SLUICE_KUBE_CONTEXT,
    applyAs: env.SLUICE_APPLY_AS ?? '',
    namespace: env.SLUICE_KUBE_NAMESPACE,
    defaultNamespace: env.SLUICE_DEFAULT_NAMESPACE,
    testNamespace: env.SLUICE_TEST_NAMESPACE,
    healthRules: env.SLUICE_HEALTH_RULES,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
