import { chmod } from 'node:fs/promises';
import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { messageOf } from '@sluice/kernel';
import { FolderLocked, lockFolder } from '@sluice/runtime';
import type { AgentContext } from './agent-context.js';
import { composeRunner } from './compose-runner.js';
import { AgentFolder } from './disk/agent-folder.js';
import { EXIT, Stop } from './exit-code.js';
import { openTarget } from './open-target.js';
import { enrolAgent } from './server/enrol-agent.js';
import { AgentRunner } from './sync/agent-runner.js';

const CONTEXT = Symbol('context');
const ENROLLED = Symbol('enrolled');
const TARGET = Symbol('target');

// in the order of need: the folder is held before anything is read from it, and the target is looked at before the join token is spent
const PROVIDERS: FactoryProvider[] = [
  { provide: AgentFolder, inject: [CONTEXT], useFactory: openFolder },
  { provide: TARGET, inject: [CONTEXT, AgentFolder], useFactory: openTarget },
  { provide: ENROLLED, inject: [CONTEXT, AgentFolder, TARGET], useFactory: (context: AgentContext, folder: AgentFolder) => enrolAgent(context, folder) },
  { provide: AgentRunner, inject: [CONTEXT, AgentFolder, TARGET, ENROLLED], useFactory: composeRunner },
];

/** The agent, wired. */
@Module({})
export class AgentModule {
  static with(context: AgentContext): DynamicModule {
    return { module: AgentModule, providers: [{ provide: CONTEXT, useValue: context }, ...PROVIDERS] };
  }
}

async function openFolder({ settings }: AgentContext): Promise<AgentFolder> {
  await holdPrivately(settings.dataFolder);
  return new AgentFolder(settings.dataFolder);
}

/** For its user alone, and for this process alone while it lives. */
async function holdPrivately(folder: string): Promise<void> {
  try {
    await lockFolder(folder);
    await chmod(folder, 0o700);
  } catch (error) {
    if (error instanceof FolderLocked) throw new Stop(EXIT.unavailable, `${folder} is in use by another agent${error.pid === undefined ? '' : ` (process ${error.pid})`}: end that one first, or use another folder (SLUICE_AGENT_DATA)`, error);
    throw new Stop(EXIT.settings, `${folder} cannot be the agent's folder: ${messageOf(error)}; choose another (SLUICE_AGENT_DATA)`, error);
  }
}
