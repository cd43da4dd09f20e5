import { CommandDriver } from '@sluice/command-target';
import { versionSkew } from '@sluice/contracts';
import { instant } from '@sluice/kernel';
import { AnswerCommands, AssignmentBook, EnforceCurrent, Remembered, ReportState, RunTests, SyncOnce } from '@sluice/sync';
import type { AgentContext } from './agent-context.js';
import type { AgentFolder } from './disk/agent-folder.js';
import type { OpenTarget } from './open-target.js';
import { AgentSession } from './server/agent-session.js';
import type { Enrolled } from './server/enrol-anew.js';
import { HttpControlPlane } from './server/http-control-plane.js';
import { RenewKey } from './server/renew-key.js';
import { AgentRunner } from './sync/agent-runner.js';
import { gitCredential } from './sync/git-credential.js';
import { GitSource } from './sync/git-source.js';
import { RunAfterChange } from './sync/run-after-change.js';

/** Wires an enrolled agent whose target was looked at. */
export function composeRunner(context: AgentContext, folder: AgentFolder, opened: OpenTarget, { identity, enrolment }: Enrolled): AgentRunner {
  const { settings, log, version } = context;
  const { target, folder: targetFolder, tests: driver = new CommandDriver(folder.testFolder) } = opened;
  opened.enrolled(enrolment);
  const session = new AgentSession(enrolment.serverUrl, enrolment.cluster, identity);
  const control = new HttpControlPlane(session, version, settings.allowedTests, tellSkew(context));
  const url = settings.git?.url ?? enrolment.gitUrl;
  const source = new GitSource({ folder: folder.repository, url, branch: enrolment.branch, credential: gitCredential(settings.git, enrolment.gitUrl, session) });
  const remembered = new Remembered(folder);
  const book = new AssignmentBook(control, remembered);
  const reports = new ReportState({ control, journal: folder, agentVersion: version });
  const { afterChange: argv } = settings;
  const afterChange = argv && targetFolder !== undefined && new RunAfterChange({ argv, targetFolder, scratchFolder: folder.path, deadline: settings.afterChangeTimeout });
  const enforce = new EnforceCurrent({ source, target, remembered, clock: () => instant(Date.now()), ...(afterChange && { afterChange }) });
  const sync = new SyncOnce({ cluster: enrolment.cluster, book, source, target, remembered, enforce, reports: { set: (condition) => (context.figures?.saw(condition), reports.set(condition)) }, allowEmpty: settings.allowEmpty });
  const tests = new RunTests({ control, source, remembered, driver, journal: folder, allowed: settings.allowedTests });
  const runner: AgentRunner = new AgentRunner({ settings, log, session, target, sync, book, reports, tests, source, health: context.health, figures: context.figures, renewKey: new RenewKey({ context, folder, session }), commands: new AnswerCommands({ control, handle: (command) => runner.handle(command) }) });
  return runner;
}

/** Says once for each version of the server that the two do not go together. */
function tellSkew({ log, version }: AgentContext): (serverVersion: string) => void {
  let last = version;
  return (serverVersion) => {
    if (serverVersion === last) return;
    last = serverVersion;
    const skew = versionSkew(version, serverVersion);
    if (skew !== undefined) log.warn({ agentVersion: version, serverVersion, skew }, 'agent and server are too far apart');
  };
}
