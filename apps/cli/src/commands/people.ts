import { API } from '@sluice/contracts';
import type { PersonDto } from '@sluice/contracts';
import { Conflict, InvalidInput, NotFound, present } from '@sluice/kernel';
import type { Command } from 'commander';
import { clientFor, globalOptions } from '../context.js';
import { identityCommands } from './identity.js';
import type { Context } from '../context.js';
import { writeJson, writeTable } from '../terminal.js';
import type { Terminal } from '../terminal.js';

interface AddOptions {
  readonly displayName?: string;
  readonly address?: string[];
  readonly group?: string[];
  readonly admin?: boolean;
  readonly service?: boolean;
}

export function peopleCommand(program: Command, context: Context): void {
  const people = program.command('people').description('who there is: groups, and the addresses that their commits carry (admins)');
  people
    .command('list', { isDefault: true })
    .description('list them (the default)')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { items } = await (await clientFor(context, globals)).call(API.people);
      if (globals.output === 'json') return writeJson(context.terminal, items);
      writePeople(context.terminal, items);
    });
  people
    .command('add')
    .description('make a person; `sluice login --link --person <name>` makes a link to sign in with')
    .argument('<name>', 'small letters, digits and dashes')
    .option('--display-name <text>', 'how they are shown; default: the name')
    .option('--address <address...>', 'mail addresses that their commits carry')
    .option('--group <group...>', 'groups, as the pipeline file names them')
    .option('--admin', 'may do everything')
    .option('--service', 'a machine’s account: it has tokens (`sluice token create --person <name>`), cannot sign in, and approves nothing')
    .action(async (name: string, options: AddOptions, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const { items } = await client.call(API.people);
      if (items.some((one) => one.name === name)) throw new Conflict(`there is a person ${name} already: \`sluice people change ${name}\` changes them`);
      const { displayName = name, address: emails = [], group: groups = [], admin = false, service = false } = options;
      const made = await client.call(API.savePerson, { body: { name, displayName, emails, groups, admin, service } });
      if (globals.output === 'json') return writeJson(context.terminal, made);
      writePeople(context.terminal, [made]);
    });
  changeCommand(people, context);
  deactivationCommands(people, context);
  linkCommands(people, context);
  identityCommands(people, context);
  people
    .command('address')
    .description('count commits of an address as a person’s: who wrote a change may not approve it')
    .argument('<person>', 'the name, as `sluice people` lists it')
    .argument('<address>', 'the mail address of the commits')
    .action(async (name: string, address: string, _options: unknown, command: Command) => {
      await savePerson(context, command, name, ({ emails }) => ({ emails: withThese(emails, [address]) }));
    });
}

interface ChangeOptions {
  readonly displayName?: string;
  readonly addGroup?: string[];
  readonly removeGroup?: string[];
  readonly addAddress?: string[];
  readonly removeAddress?: string[];
  readonly admin?: boolean;
}

function changeCommand(people: Command, context: Context): void {
  people
    .command('change')
    .description('change what a person is called, their groups and addresses, and whether they may do everything; what is not named stays')
    .argument('<person>', 'the name, as `sluice people` lists it')
    .option('--display-name <text>', 'how they are shown')
    .option('--add-group <group...>', 'groups that they are in from now on')
    .option('--remove-group <group...>', 'groups that they are in no longer')
    .option('--add-address <address...>', 'further mail addresses that their commits carry')
    .option('--remove-address <address...>', 'addresses that are no longer theirs')
    .option('--admin', 'may do everything')
    .option('--no-admin', 'may no longer do everything')
    .action(async (name: string, options: ChangeOptions, command: Command) => {
      if (Object.keys(options).length === 0) throw new InvalidInput('name what is to change, such as --add-group release-managers (see sluice people change --help)');
      await savePerson(context, command, name, (person) => changed(person, options));
    });
}

function changed(person: PersonDto, { displayName, addGroup, removeGroup, addAddress, removeAddress, admin }: ChangeOptions): Partial<PersonDto> {
  return {
    ...present({ displayName, admin }),
    groups: withThese(without(person.groups, removeGroup, `${person.name} is not in the group`), addGroup),
    emails: withThese(without(person.emails, removeAddress, `${person.name} has no address`), addAddress),
  };
}

function withThese(all: readonly string[], added: readonly string[] = []): string[] {
  return [...new Set([...all, ...added])];
}

/** @throws NotFound for what is not there: a mistyped group would stay otherwise, and nobody would notice. */
function without(all: readonly string[], removed: readonly string[] = [], missing: string): string[] {
  const unknown = removed.find((one) => !all.includes(one));
  if (unknown !== undefined) throw new NotFound(`${missing} ${unknown}${all.length > 0 ? `; there are ${all.join(', ')}` : ''}`);
  return all.filter((one) => !removed.includes(one));
}

async function savePerson(context: Context, command: Command, name: string, change: (person: PersonDto) => Partial<PersonDto>): Promise<void> {
  const globals = globalOptions(command);
  const client = await clientFor(context, globals);
  const { items } = await client.call(API.people);
  const person = items.find((one) => one.name === name);
  if (!person) throw new NotFound(`there is no person ${name}; there are ${items.map((one) => one.name).join(', ')}`);
  const after = await client.call(API.savePerson, { body: { ...person, ...change(person) } });
  if (globals.output === 'json') return writeJson(context.terminal, after);
  writePeople(context.terminal, [after]);
}

function deactivationCommands(people: Command, context: Context): void {
  people
    .command('deactivate')
    .description('take a person out who has left: sessions, tokens and links end, and what they may or have approved counts no longer')
    .argument('<name>', 'as `sluice people` lists it')
    .requiredOption('--reason <text>', 'why, for the audit')
    .action(async (person: string, body: { readonly reason: string }, command: Command) => {
      const globals = globalOptions(command);
      const after = await (await clientFor(context, globals)).call(API.deactivatePerson, { params: { person }, body });
      if (globals.output === 'json') return writeJson(context.terminal, after);
      writePeople(context.terminal, [after]);
    });
  people
    .command('reactivate')
    .description('let a person back in: groups count again; sessions, tokens and links are to be made again')
    .argument('<name>', 'as `sluice people` lists it')
    .option('--reason <text>', 'why, for the audit')
    .action(async (person: string, { reason = '' }: { readonly reason?: string }, command: Command) => {
      const globals = globalOptions(command);
      const after = await (await clientFor(context, globals)).call(API.reactivatePerson, { params: { person }, query: { reason } });
      if (globals.output === 'json') return writeJson(context.terminal, after);
      writePeople(context.terminal, [after]);
    });
}

function linkCommands(people: Command, context: Context): void {
  people
    .command('accounts')
    .description('whose the logins of forges are')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { items } = await (await clientFor(context, globals)).call(API.linkedAccounts);
      if (globals.output === 'json') return writeJson(context.terminal, items);
      writeTable(context.terminal, ['forge', 'login', 'person'], items.map(({ url, login, person }) => [url, login, person]));
    });
  people
    .command('link')
    .description('count reviews and pushes of a login on a forge as a person’s')
    .argument('<person>', 'the name, as `sluice people` lists it')
    .argument('<login>', 'as the forge spells it')
    .requiredOption('--credential <name>', 'a credential for that forge')
    .action(async (person: string, login: string, { credential }: { readonly credential: string }, command: Command) => {
      const globals = globalOptions(command);
      const account = await (await clientFor(context, globals)).call(API.linkAccount, { body: { credential, login, person } });
      if (globals.output === 'json') return writeJson(context.terminal, account);
      context.terminal.out(`Linked: ${account.login} on ${account.url} is ${account.person}.`);
    });
  people
    .command('unlink')
    .description('say that a login on a forge is nobody’s')
    .argument('<login>', 'as the forge spells it')
    .requiredOption('--credential <name>', 'a credential for that forge')
    .action(async (login: string, { credential }: { readonly credential: string }, command: Command) => {
      const globals = globalOptions(command);
      await (await clientFor(context, globals)).call(API.unlinkAccount, { params: { credential, login } });
      if (globals.output === 'json') return writeJson(context.terminal, { unlinked: login });
      context.terminal.out(`Unlinked: ${login}.`);
    });
}

function writePeople(terminal: Terminal, people: readonly PersonDto[]): void {
  writeTable(
    terminal,
    ['name', 'display name', 'groups', 'addresses', 'may'],
    people.map((person) => [person.name, person.displayName, groupsOf(person).join(', '), person.emails.join(', '), kindOf(person)]),
  );
}

function groupsOf({ groups, claimed }: PersonDto): readonly string[] {
  return [...groups, ...(claimed?.groups.map((group) => `${group} (provider)`) ?? [])];
}

function kindOf({ admin, service, claimed, deactivated }: PersonDto): string {
  if (deactivated) return 'deactivated';
  if (service) return 'service';
  if (admin) return 'admin';
  return claimed?.admin === true ? 'admin (provider)' : '';
}
