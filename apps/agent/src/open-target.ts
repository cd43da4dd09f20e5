import { CommandTarget } from '@sluice/command-target';
import { DirectoryTarget } from '@sluice/directory-target';
import { instant, InvalidInput, present } from '@sluice/kernel';
import type { OwnedRenderer } from '@sluice/render';
import type { Enrolment, Target, TestDriver } from '@sluice/sync';
import type { AgentContext } from './agent-context.js';
import type { CommandSettings } from './config/command-settings.js';
import type { KubernetesSettings } from './config/target-settings.js';
import type { AgentFolder } from './disk/agent-folder.js';
import { EXIT, Stop } from './exit-code.js';

/** A target that was looked at and is fit. */
export interface OpenTarget {
  readonly target: Target;
  /** Says what the agent is enrolled for, before the target is used. */
  readonly enrolled: (enrolment: Pick<Enrolment, 'cluster' | 'environment'>) => void;
  /** Where a target of files is. */
  readonly folder?: string;
  /** Where this target runs tests; absent: on the agent's own machine. */
  readonly tests?: TestDriver;
}

/** @throws Stop for a target that is unfit, or settings of it that are wrong */
export async function openTarget(context: AgentContext, folder: AgentFolder): Promise<OpenTarget> {
  const { target } = context.settings;
  const opened = await unprepared(context, folder);
  try {
    await opened.prepare();
  } catch (error) {
    throw error instanceof InvalidInput ? new Stop(EXIT.target, error.message, error) : error;
  }
  return { target: opened, enrolled: opened.enrolled, ...present({ tests: opened.tests }), ...(target.kind === 'directory' && { folder: target.folder }) };
}

type Unprepared = Target & Pick<OpenTarget, 'enrolled' | 'tests'>;

async function unprepared(context: AgentContext, folder: AgentFolder): Promise<Unprepared> {
  const { target } = context.settings;
  switch (target.kind) {
    case 'directory':
      return directoryTarget(context, target.folder);
    case 'command':
      return commandTarget(context, folder.commandFolder, target);
    case 'kubernetes':
      return kubernetesTarget(context, target);
  }
}

function directoryTarget({ settings, log }: AgentContext, folder: string): Unprepared {
  const { dataFolder, adopt } = settings;
  const target = new DirectoryTarget({
    folder,
    dataFolder,
    adopt,
    watchFailed: (error) => log.warn({ err: error }, 'the target cannot be watched; changes by another hand are seen at the next sweep'),
  });
  return Object.assign(target, { enrolled: () => undefined });
}

function commandTarget({ log }: AgentContext, folder: string, { commands, environment, timeout, detectInterval }: CommandSettings): Unprepared {
  const target = new CommandTarget({
    folder,
    commands,
    environment: Object.fromEntries(environment.map((name) => [name, variable(name)])),
    timeout,
    detectInterval,
    ended: ({ verdict, ...run }) => log[verdict === 'failed' ? 'warn' : 'info']({ ...run, verdict }, 'a command of the target has ended'),
  });
  return Object.assign(target, { enrolled: () => undefined });
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Stop(EXIT.settings, `SLUICE_COMMAND_ENVIRONMENT names ${name}, which is not set on this machine`);
  return value;
}

async function kubernetesTarget({ settings, log }: AgentContext, { kubeconfig, kubeContext, applyAs, namespace, defaultNamespace, testNamespace, healthRules }: KubernetesSettings): Promise<Unprepared> {
  // an agent of a folder does not pay for what clusters need
  const { inClusterAccess, kubeconfigAccess, KubernetesTarget, parseAppliers } = await import('@sluice/kubernetes-target');
  const target = new KubernetesTarget({
    connect: () => (kubeconfig === undefined ? inClusterAccess({ environment: process.env }) : kubeconfigAccess({ path: kubeconfig, ...(kubeContext !== undefined && { context: kubeContext }) })),
    appliers: inSettings('SLUICE_APPLY_AS', () => parseAppliers(applyAs)),
    namespace,
    defaultNamespace,
    adopt: settings.adopt,
    allowEmpty: settings.allowEmpty,
    renderer: openRenderer(),
    clock: () => instant(Date.now()),
    health: healthRules,
    watchFailed: (error) => log.warn({ err: error }, 'the cluster cannot be watched for now; changes by another hand are seen at the next sweep'),
  });
  return Object.assign(target, { tests: target.testDriver({ namespace: testNamespace }), enrolled: ({ cluster, environment }: Pick<Enrolment, 'cluster' | 'environment'>) => target.belongTo({ cluster, environment }) });
}

function openRenderer() {
  let opening: Promise<OwnedRenderer> | undefined;
  return () => (opening ??= import('@sluice/render').then(({ createRenderer }) => createRenderer()));
}

function inSettings<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InvalidInput ? new Stop(EXIT.settings, `${name}: ${error.message}`, error) : error;
  }
}
