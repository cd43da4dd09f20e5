import { InvalidInput } from '@sluice/kernel';
import { Command, Option } from 'commander';
import { MANIFEST_OUTPUTS } from './agent/write-manifests.js';
import { acceptCommand } from './commands/accept.js';
import { accountCommand } from './commands/account.js';
import { agentCommand } from './commands/agent.js';
import { auditCommand } from './commands/audit.js';
import { backflowCommand } from './commands/backflow.js';
import { clustersCommand } from './commands/clusters.js';
import { commentCommand } from './commands/comment.js';
import { completionCommand } from './commands/completion.js';
import { approveCommand, overrideCommand, rejectCommand } from './commands/decide.js';
import { credentialCommand } from './commands/credential.js';
import { downCommand } from './commands/down.js';
import { driftCommand } from './commands/drift.js';
import { freezeCommand, holdCommand, unfreezeCommand } from './commands/freeze.js';
import { sessionsCommand } from './commands/identity.js';
import { initCommand } from './commands/init.js';
import { loginCommand } from './commands/login.js';
import { logoutCommand } from './commands/logout.js';
import { metricsCommand } from './commands/metrics.js';
import { notifyCommand } from './commands/notify.js';
import { peopleCommand } from './commands/people.js';
import { planCommand } from './commands/plan.js';
import { promoteCommand } from './commands/promote.js';
import { rebuildCommand } from './commands/rebuild.js';
import { repositoryCommand } from './commands/repository.js';
import { reportCommand } from './commands/report.js';
import { resolveCommand } from './commands/resolve.js';
import { restoreCommand } from './commands/restore.js';
import { approvalsCommand, breakGlassCommand, delegateCommand, rightsCommand, rolesCommand } from './commands/rights.js';
import { rollbackCommand } from './commands/rollback.js';
import { rolloutCommand } from './commands/rollout.js';
import { slackCommand } from './commands/slack.js';
import { statusCommand } from './commands/status.js';
import { testsCommand } from './commands/tests.js';
import { tokenCommand } from './commands/token.js';
import { upCommand } from './commands/up.js';
import { validateCommand } from './commands/validate.js';
import { whyCommand } from './commands/why.js';
import type { Context } from './context.js';
import { EXIT_CODE_HELP, EXIT_CODES } from './exit-code.js';

const COMMANDS = [
  upCommand,
  downCommand,
  initCommand,
  validateCommand,
  planCommand,
  statusCommand,
  whyCommand,
  promoteCommand,
  approveCommand,
  rejectCommand,
  resolveCommand,
  acceptCommand,
  restoreCommand,
  backflowCommand,
  overrideCommand,
  rollbackCommand,
  rolloutCommand,
  freezeCommand,
  unfreezeCommand,
  holdCommand,
  approvalsCommand,
  rolesCommand,
  rightsCommand,
  delegateCommand,
  breakGlassCommand,
  testsCommand,
  reportCommand,
  commentCommand,
  clustersCommand,
  agentCommand,
  driftCommand,
  metricsCommand,
  repositoryCommand,
  credentialCommand,
  notifyCommand,
  peopleCommand,
  accountCommand,
  auditCommand,
  rebuildCommand,
  loginCommand,
  logoutCommand,
  tokenCommand,
  sessionsCommand,
  slackCommand,
];

/** The whole command line. Wrong usage exits with 2; what a command throws is for the caller. */
export function createProgram(context: Context, version: string): Command {
  const program = new Command('sluice')
    .description('Moves reviewed changes through environment branches.')
    .version(version)
    .addOption(new Option('--url <url>', 'the server (default: --data, SLUICE_URL, the login file, or .sluice/connection.json)'))
    .option('--data <folder>', 'the data folder of a Sluice on this machine (default: .sluice)')
    .addOption(new Option('-o, --output <format>', 'table for people, json for machines; markdown for the comment of a request, of validate and plan; yaml and helm-values where manifests are printed').choices(['table', 'json', 'markdown', ...MANIFEST_OUTPUTS]).default('table'))
    .hook('preAction', (_program, command) => refuseOutput(command))
    .addHelpText('after', EXIT_CODE_HELP)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => context.terminal.out(text.trimEnd()), writeErr: (text) => context.terminal.err(text.trimEnd()), outputError: (text, write) => write(text.replace(/^error:/, 'sluice:')) })
    .exitOverride();
  for (const add of COMMANDS) add(program, context, version);
  completionCommand(program, context);
  pointAtHelp(program, 'sluice');
  return program;
}

const MARKDOWN_COMMANDS: readonly string[] = ['validate', 'plan'];

/** Commands that print no manifests know tables and JSON. */
function refuseOutput(command: Command): void {
  const { output } = command.optsWithGlobals<{ output: string }>();
  if (output === 'markdown' && !MARKDOWN_COMMANDS.includes(command.name())) throw new InvalidInput('--output markdown: only validate and plan print that');
  if (command.parent?.name() !== 'agent' && MANIFEST_OUTPUTS.some((format) => format === output)) throw new InvalidInput(`--output ${output}: this command prints table or json`);
}

/** After wrong usage, the help of the command that was meant. */
function pointAtHelp(command: Command, name: string): void {
  command.showHelpAfterError(`(see ${name} --help)`);
  for (const child of command.commands) pointAtHelp(child, `${name} ${child.name()}`);
}

/** Commander's own codes: 0 for help and version, 2 for wrong usage. */
export function usageExitCode(commanderCode: number): number {
  return commanderCode === 0 ? EXIT_CODES.done : EXIT_CODES.invalid;
}
