import { API } from '@sluice/contracts';
import type { Command } from 'commander';
import { clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { age, writeJson, writeTable } from '../terminal.js';

/** Below `sluice people`. */
export function identityCommands(people: Command, context: Context): void {
  people
    .command('identities')
    .description('who is who to the provider of identities')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { items } = await (await clientFor(context, globals)).call(API.identities);
      if (globals.output === 'json') return writeJson(context.terminal, items);
      writeTable(context.terminal, ['issuer', 'subject', 'person'], items.map(({ issuer, subject, person }) => [issuer, subject, person]));
    });
  people
    .command('bind')
    .description('say who a person is to the provider of identities: whoever signs in there as this subject is them')
    .argument('<person>', 'the name, as `sluice people` lists it')
    .argument('<issuer>', 'as the server’s settings have it')
    .argument('<subject>', 'the `sub` of the provider')
    .action(async (...given: readonly [string, string, string, unknown, Command]) => {
      const [person, issuer, subject, , command] = given;
      const globals = globalOptions(command);
      const bound = await (await clientFor(context, globals)).call(API.addIdentity, { body: { issuer, subject, person } });
      if (globals.output === 'json') return writeJson(context.terminal, bound);
      context.terminal.out(`Bound: ${bound.subject} of ${bound.issuer} is ${bound.person}.`);
    });
  people
    .command('unbind')
    .description('say that a subject of the provider is nobody; what the provider said of their groups ends')
    .argument('<issuer>', 'as `sluice people identities` lists it')
    .argument('<subject>', 'as `sluice people identities` lists it')
    .action(async (issuer: string, subject: string, _options: unknown, command: Command) => {
      const globals = globalOptions(command);
      await (await clientFor(context, globals)).call(API.removeIdentity, { body: { issuer, subject } });
      if (globals.output === 'json') return writeJson(context.terminal, { unbound: subject });
      context.terminal.out(`Unbound: ${subject}.`);
    });
}

export function sessionsCommand(program: Command, context: Context): void {
  const sessions = program.command('sessions').description('where I am signed in by a browser');
  sessions
    .command('list', { isDefault: true })
    .description('list them (the default)')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { items } = await (await clientFor(context, globals)).call(API.sessions);
      if (globals.output === 'json') return writeJson(context.terminal, items);
      writeTable(context.terminal, ['id', 'what', 'begun', 'last used'], items.map(({ id, label, createdAt, usedAt }) => [id, label, `${age(context.terminal, createdAt)} ago`, usedAt === undefined ? '' : `${age(context.terminal, usedAt)} ago`]));
    });
  sessions
    .command('end')
    .description('end one at once')
    .argument('<id>', 'as `sluice sessions` shows it')
    .action(async (id: string, _options: unknown, command: Command) => {
      const globals = globalOptions(command);
      await (await clientFor(context, globals)).call(API.endSession, { params: { session: id } });
      if (globals.output === 'json') return writeJson(context.terminal, { ended: id });
      context.terminal.out(`Ended: ${id}.`);
    });
}
