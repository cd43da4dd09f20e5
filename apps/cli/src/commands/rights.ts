import { API } from '@sluice/contracts';
import type { ApprovalListDto, ListedApprovalDto, RightDto, RoleDto } from '@sluice/contracts';
import { InvalidInput, NotFound, printable } from '@sluice/kernel';
import type { Command } from 'commander';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { parseSeconds } from '../moment.js';
import { writeJson, writeTable } from '../terminal.js';

interface InRepository {
  readonly repository?: string;
}

interface Given extends InRepository {
  readonly for: string;
  readonly reason: string;
}

const REPOSITORY = ['-r, --repository <name>', 'the repository, when the server has several'] as const;

export function rolesCommand(program: Command, context: Context): void {
  const roles = program.command('roles').description('roles of the server’s settings, besides those of pipeline files (admins)');
  roles
    .command('list', { isDefault: true })
    .description('list them (the default)')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { items } = await (await clientFor(context, globals)).call(API.roles);
      if (globals.output === 'json') return writeJson(context.terminal, items);
      writeTable(context.terminal, ['id', 'who', 'role', 'application', 'environment', 'repositories', 'by', 'reason'], items.map(roleRow));
    });
  roles
    .command('grant')
    .description('give a role')
    .argument('<role>', 'viewer, promoter or approver')
    .argument('<who>', 'person:<name>, group:<name> or *')
    .option('--repositories <pattern>', 'a name, a beginning with * after it, or *', '*')
    .option('--application <name>', 'only this application', '*')
    .option('--environment <name>', 'only this environment', '*')
    .requiredOption('--reason <text>', 'why')
    .action(async (role: string, who: string, options: { readonly repositories: string; readonly application: string; readonly environment: string; readonly reason: string }, command: Command) => {
      if (role !== 'viewer' && role !== 'promoter' && role !== 'approver') throw new InvalidInput(`${role} is no role: there are viewer, promoter and approver`);
      const globals = globalOptions(command);
      const made = await (await clientFor(context, globals)).call(API.grantRole, { body: { role, who, ...options } });
      if (globals.output === 'json') return writeJson(context.terminal, made);
      context.terminal.out(`Granted ${made.id}: ${printable(made.who)} is ${made.role} of ${made.application} in ${made.environment} (repositories: ${made.repositories}).`);
    });
  roles
    .command('revoke')
    .description('take a role back')
    .argument('<id>', 'as `sluice roles` lists it')
    .action(async (binding: string, _options: unknown, command: Command) => {
      const globals = globalOptions(command);
      await (await clientFor(context, globals)).call(API.revokeRole, { params: { binding } });
      if (globals.output === 'json') return writeJson(context.terminal, { revoked: binding });
      context.terminal.out(`Revoked: ${binding}.`);
    });
}

/** Delegations and break-glass in force. */
export function rightsCommand(program: Command, context: Context): void {
  const rights = program.command('rights').description('delegations and break-glass in force');
  rights
    .command('list', { isDefault: true })
    .description('list them (the default)')
    .option(...REPOSITORY)
    .action(async (options: InRepository, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const { items } = await client.call(API.rights, { params: { repository: await chooseRepository(client, options.repository) } });
      if (globals.output === 'json') return writeJson(context.terminal, items);
      writeTable(context.terminal, ['id', 'what', 'who', 'where', 'until', 'reason'], items.map(rightRow));
    });
  rights
    .command('end')
    .description('end one early')
    .argument('<id>', 'as `sluice rights` lists it')
    .option('--reason <text>', 'why', '')
    .option(...REPOSITORY)
    .action((right: string, options: InRepository & { readonly reason: string }, command: Command) => end(context, command, options, () => right));
}

export function delegateCommand(program: Command, context: Context): void {
  program
    .command('delegate')
    .description('let somebody approve as you might, for a time; it is never passed on, and never counts for who made the change')
    .argument('<person>', 'to whom')
    .argument('[place...]', 'only into this environment, and after it only this application; default: all')
    .requiredOption('--for <duration>', 'how long, at most 90d: 2h, 3d')
    .requiredOption('--reason <text>', 'why')
    .option(...REPOSITORY)
    .action(async (to: string, [environment, application, ...others]: readonly string[], options: Given, command: Command) => {
      if (others.length > 0) throw new InvalidInput('name at most an environment and an application');
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const repository = await chooseRepository(client, options.repository);
      const scope = { ...(environment !== undefined && { environment }), ...(application !== undefined && { application }) };
      const given = await client.call(API.delegate, { params: { repository }, body: { to, ...scope, reason: options.reason, forSeconds: parseSeconds('--for', options.for, ['1s', '90d']) } });
      if (globals.output === 'json') return writeJson(context.terminal, given);
      context.terminal.out(`Delegated: ${sayRight(given)}. \`sluice rights end ${given.id}\` takes it back.`);
    });
}

export function breakGlassCommand(program: Command, context: Context): void {
  program
    .command('break-glass')
    .description('take an approver’s role in an emergency, if the environment’s emergency policy names you; everybody is told. `break-glass end <environment>` ends it')
    .argument('<environment>', 'where; or "end" with the environment after it')
    .argument('[ended]', 'with "end": the environment')
    .option('--for <duration>', 'how long, at most 24h', '1h')
    .option('--reason <text>', 'why; needed unless it ends', '')
    .option(...REPOSITORY)
    .action(async (environment: string, ended: string | undefined, options: Given, command: Command) => {
      if (environment === 'end') return end(context, command, options, (items, me) => ownGlass(items, me, ended));
      if (options.reason.trim() === '') throw new InvalidInput('--reason is needed: everybody is told why');
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const repository = await chooseRepository(client, options.repository);
      const opened = await client.call(API.breakGlass, { params: { repository }, body: { environment, reason: options.reason, forSeconds: parseSeconds('--for', options.for, ['1s', '24h']) } });
      if (globals.output === 'json') return writeJson(context.terminal, opened);
      if (opened.missing !== undefined) return context.terminal.out(`Asked for: ${sayRight(opened)}. It gives nothing until ${opened.missing} more whom the emergency policy names have done the same: \`sluice break-glass ${environment}\`.`);
      context.terminal.out(`Glass broken: ${sayRight(opened)}. What you do now is marked; \`sluice break-glass end ${opened.environment ?? ''}\` ends it.`);
    });
}

export function approvalsCommand(program: Command, context: Context): void {
  program
    .command('approvals')
    .description('every decision about what goes into an environment, whether it counts, and why not')
    .argument('<application>', 'what is promoted')
    .argument('<environment>', 'into this environment')
    .option(...REPOSITORY)
    .action(async (application: string, environment: string, options: InRepository, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const repository = await chooseRepository(client, options.repository);
      const list: ApprovalListDto = await client.call(API.approvals, { params: { repository }, query: { application, environment } });
      if (globals.output === 'json') return writeJson(context.terminal, list);
      if (list.verdict) context.terminal.out(printable(`${list.promotion ?? ''}: ${list.verdict.message}${list.verdict.clearedBy === undefined ? '' : `; ${list.verdict.clearedBy}`}`));
      writeTable(context.terminal, ['who', 'what', 'by', 'when', 'promotion', 'digest', 'counts', 'why not', 'on the forge', 'comment'], list.items.map(approvalRow));
    });
}

/** `break-glass: eve in prod until …: incident 7`, for banners. */
export function sayRight({ kind, giver, person, environment, application, until, reason, missing }: RightDto): string {
  const who = kind === 'delegation' ? `${person} for ${giver ?? ''}` : person;
  const what = missing === undefined ? kind : `${kind} asked for, ${missing} more needed`;
  return printable(`${what}: ${who} in ${environment ?? 'every environment'}${application === undefined ? '' : ` (${application})`} until ${until}: ${reason}`);
}

async function end(context: Context, command: Command, options: InRepository & { readonly reason: string }, choose: (items: readonly RightDto[], me: string) => string): Promise<void> {
  const globals = globalOptions(command);
  const client = await clientFor(context, globals);
  const repository = await chooseRepository(client, options.repository);
  const [{ items }, { person }] = [await client.call(API.rights, { params: { repository } }), await client.call(API.me)];
  const ended = await client.call(API.endRight, { params: { repository, right: choose(items, person) }, body: { reason: options.reason } });
  if (globals.output === 'json') return writeJson(context.terminal, ended);
  context.terminal.out(`Ended: ${sayRight(ended)}`);
}

function ownGlass(items: readonly RightDto[], me: string, environment: string | undefined): string {
  const own = items.find(({ kind, person, environment: where }) => kind === 'break-glass' && person === me && (environment === undefined || where === environment));
  if (!own) throw new NotFound(`you have not broken the glass of ${environment ?? 'any environment'}: \`sluice rights\` lists what is open`);
  return own.id;
}

function roleRow({ id, who, role, application, environment, repositories, by, reason }: RoleDto): readonly string[] {
  return [id, who, role, application, environment, repositories, by, reason];
}

function rightRow({ id, kind, giver, person, environment, application, until, reason, missing }: RightDto): readonly string[] {
  return [id, missing === undefined ? kind : `${kind} (${missing} more needed)`, giver === undefined ? person : `${person} for ${giver}`, `${environment ?? '*'}${application === undefined ? '' : ` / ${application}`}`, until, reason];
}

function approvalRow(item: ListedApprovalDto): readonly string[] {
  const who = item.for === undefined ? item.person : `${item.person} for ${item.for}`;
  return [who, item.gate === undefined ? item.decision : `${item.decision} ${item.gate}`, item.door, item.at, item.promotion, item.digest.slice(0, 12), item.counts ? 'yes' : 'no', item.why ?? '', writtenThere(item), item.comment];
}

/** How a decision stands on the forge, in words; empty where nobody has linked an account. */
export function writtenThere({ written }: Pick<ListedApprovalDto, 'written'>): string {
  if (written?.login !== undefined) return `as ${written.login}’s own review`;
  return written?.notOwn === undefined ? '' : `written by Sluice: ${written.notOwn}`;
}
