import { API } from '@sluice/contracts';
import type { PromotionDetail, PromotionSummary } from '@sluice/contracts';
import { Conflict, InvalidInput, NotFound } from '@sluice/kernel';
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { paint, writeJson } from '../terminal.js';

interface Options {
  readonly repository?: string;
  readonly digest?: string;
  readonly comment?: string;
  readonly reason?: string;
}

const WHICH = 'a promotion id, or an application';

export function approveCommand(program: Command, context: Context): void {
  decisionCommand(program, 'approve', 'approve what a promotion brings')
    .option('--comment <text>', 'a comment', '')
    .action((promotion: string, environment: string | undefined, options: Options, command: Command) =>
      decide(context, command, { done: 'Approved', promotion, environment, options }, (client, found) =>
        client.call(API.approve, { params: paramsOf(found), body: { digest: options.digest ?? found.digest, comment: options.comment ?? '' } }),
      ),
    );
}

export function rejectCommand(program: Command, context: Context): void {
  decisionCommand(program, 'reject', 'reject a promotion and close its request; the same content is not offered again')
    .requiredOption('--reason <text>', 'why')
    .action((promotion: string, environment: string | undefined, options: Options, command: Command) =>
      decide(context, command, { done: 'Rejected', promotion, environment, options }, (client, found) => client.call(API.reject, { params: paramsOf(found), body: { digest: options.digest ?? found.digest, reason: options.reason ?? '' } })),
    );
}

export function overrideCommand(program: Command, context: Context): void {
  program
    .command('override')
    .description('set one gate aside in an emergency, for what the promotion is now; everybody sees who and why')
    .argument('<promotion>', WHICH)
    .argument('<gate...>', 'as `sluice why` names it: a gate, windows or freeze; with an application, the environment stands before it')
    .requiredOption('--reason <text>', 'why')
    .option('--digest <digest>', 'only if the promotion still has this digest')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action((promotion: string, names: readonly string[], options: Options, command: Command) => {
      const [gate = '', environment, ...others] = [...names].reverse();
      if (others.length > 0) throw new InvalidInput('one gate at a time: `sluice override <promotion> <gate>` or `sluice override <application> <environment> <gate>`');
      return decide(context, command, { done: `Overridden ${gate}`, promotion, environment, options }, (client, found) =>
        client.call(API.overrideGate, { params: paramsOf(found), body: { digest: options.digest ?? found.digest, gate, reason: options.reason ?? '' } }),
      );
    });
}

function decisionCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('<promotion>', WHICH)
    .argument('[environment]', 'with an application: the environment it goes into')
    .option('--digest <digest>', 'decide only if the promotion still has this digest')
    .option('-r, --repository <name>', 'the repository, when the server has several');
}

interface Wanted {
  readonly done: string;
  readonly promotion: string;
  readonly environment: string | undefined;
  readonly options: Options;
}

async function decide(context: Context, command: Command, wanted: Wanted, act: (client: ApiClient, found: PromotionSummary) => Promise<PromotionDetail>): Promise<void> {
  const globals = globalOptions(command);
  const client = await clientFor(context, globals);
  const repository = await chooseRepository(client, wanted.options.repository);
  const after = await act(client, await find(client, repository, wanted));
  if (globals.output === 'json') return writeJson(context.terminal, after);
  context.terminal.out(`${wanted.done}: ${after.title}`);
  if (after.state === 'open') context.terminal.out(paint(context.terminal, 'dim', `\`sluice why ${after.application} ${after.target}\` shows what it still waits for.`));
}

async function find(client: ApiClient, repository: string, wanted: Wanted): Promise<PromotionSummary> {
  if (wanted.environment === undefined) return client.call(API.promotion, { params: { repository, promotion: wanted.promotion } }).catch((error: unknown) => onlyLane(client, repository, wanted.promotion, error));
  const { items } = await client.call(API.promotions, { query: { repository, application: wanted.promotion, environment: wanted.environment, limit: 20 } });
  const open = items.find((promotion) => promotion.state === 'open' || promotion.state === 'ready');
  if (!open) throw new NotFound(`there is no open promotion of ${wanted.promotion} into ${wanted.environment}: \`sluice status\` shows what there is`);
  return open;
}

/** `sluice approve checkout` is enough while only one of its promotions is open. */
async function onlyLane(client: ApiClient, repository: string, application: string, error: unknown): Promise<PromotionSummary> {
  if (!(error instanceof NotFound) && !(error instanceof InvalidInput)) throw error;
  const { items } = await client.call(API.promotions, { query: { repository, application, limit: 50 } }).catch(() => ({ items: [] as PromotionSummary[] }));
  const open = items.filter((promotion) => promotion.state === 'open' || promotion.state === 'ready');
  const [only, ...others] = open;
  if (!only) throw new NotFound(`there is no promotion ${application}, and no open one of an application of that name: \`sluice status\` shows what there is`);
  if (others.length > 0) throw new Conflict(`${application} has several open promotions: name the environment (${open.map((promotion) => promotion.target).join(', ')})`);
  return only;
}

function paramsOf(promotion: PromotionSummary): { repository: string; promotion: string } {
  return { repository: promotion.repository, promotion: promotion.id };
}
