import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { API } from '@sluice/contracts';
import type { AuditRecordDto, AuditVerdictDto } from '@sluice/contracts';
import { InvalidInput, present } from '@sluice/kernel';
import type { Command } from 'commander';
import { LONG_DEADLINE } from '../api-client.js';
import { verifyFile } from '../audit/verify-file.js';
import { clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { Tampered } from '../exit-code.js';
import { parseMoment } from '../moment.js';
import { writeJson, writeTable } from '../terminal.js';

interface FilterOptions {
  readonly since?: string;
  readonly until?: string;
  readonly person?: string;
  readonly repository?: string;
  readonly action?: string;
}

export function auditCommand(program: Command, context: Context): void {
  const audit = program.command('audit').description('who has written what, when, from where and why; for admins');
  listCommand(audit, context);
  showCommand(audit, context);
  verifyCommand(audit, context);
  exportCommand(audit, context);
  signCommand(audit, context);
  keyCommand(audit, context);
}

interface VerifyOptions {
  readonly file?: string;
  readonly head?: readonly string[];
  readonly key?: readonly string[];
  readonly earlier?: readonly string[];
}

function filtered(command: Command): Command {
  return command
    .option('--since <time>', 'from this time on: 2026-12-24T18:00, or with its offset')
    .option('--until <time>', 'before this time')
    .option('--person <name>', 'by this person, agent or `sluice`')
    .option('-r, --repository <name>', 'in this repository')
    .option('--action <verb>', 'only this, such as promotion.approve');
}

function filterOf({ since, until, person, repository, action }: FilterOptions): Readonly<Record<string, string>> {
  return present({ since: since === undefined ? undefined : parseMoment('--since', since), until: until === undefined ? undefined : parseMoment('--until', until), person, repository, action });
}

function listCommand(audit: Command, context: Context): void {
  filtered(audit.command('list').description('list entries, newest first'))
    .option('--limit <number>', 'how many', '50')
    .option('--before <sequence>', 'only those before this entry: the next page')
    .action(async (options: FilterOptions & { readonly limit: string; readonly before?: string }, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const page = await client.call(API.audit, { query: { ...filterOf(options), limit: options.limit, cursor: options.before } });
      if (globals.output === 'json') return writeJson(context.terminal, page);
      writeTable(context.terminal, ['entry', 'time', 'who', 'by', 'action', 'place', 'why'], page.items.map(rowOf));
      if (page.next !== undefined) context.terminal.out(`There are more: --before ${page.next}`);
    });
}

function rowOf({ sequence, entry }: AuditRecordDto): readonly string[] {
  const { at, who, door, action, place, why = '' } = entry;
  return [String(sequence), at, who.name, door, action, Object.values(place).join(' '), why.split('\n')[0] ?? ''];
}

function showCommand(audit: Command, context: Context): void {
  audit
    .command('show')
    .description('one entry with everything that it says')
    .argument('<sequence>', 'its number')
    .action(async (sequence: string, _options: unknown, command: Command) => {
      if (!/^[1-9]\d*$/.test(sequence)) throw new InvalidInput(`${sequence} is no number of an entry`);
      const client = await clientFor(context, globalOptions(command));
      writeJson(context.terminal, await client.call(API.auditEntry, { params: { sequence } }));
    });
}

function verifyCommand(audit: Command, context: Context): void {
  audit
    .command('verify')
    .description('follow the chain and compare it with every signed head; exits with 9 when something is wrong')
    .option('--file <export>', 'check this file, without a server')
    .option('--head <file...>', 'signed heads that you have kept, one a line')
    .option('--key <file...>', 'the server’s public key as you have kept it (`sluice audit key`)')
    .option('--earlier <hash...>', 'you know why an earlier chain that ended so is not here: its hash, or the first 16 digits of it')
    .action(async (options: VerifyOptions, command: Command) => {
      const globals = globalOptions(command);
      const { file, head = [], key = [], earlier = [] } = options;
      for (const hash of earlier) assertHash(hash);
      const inFolder = (path: string): string => resolve(context.folder, path);
      if (file === undefined && (head.length > 0 || key.length > 0)) throw new InvalidInput('--head and --key are for a file: `sluice audit export` writes one, --file checks it');
      const verdict = file === undefined ? await (await clientFor(context, globals)).call(API.verifyAudit, { deadline: LONG_DEADLINE }) : await verifyFile({ file: inFolder(file), headFiles: head.map(inFolder), keyFiles: key.map(inFolder) });
      if (globals.output === 'json') writeJson(context.terminal, verdict);
      else sayVerdict(context, verdict);
      assertWhole(verdict, earlier);
    });
}

function assertHash(text: string): void {
  if (!/^[0-9a-f]{16,64}$/.test(text)) throw new InvalidInput(`--earlier ${text}: at least the first 16 hex digits of the hash that \`sluice audit verify\` shows`);
}

/** @throws Tampered when something is wrong, or a chain is missing that nobody says is known to be. */
function assertWhole({ findings, more, earlier }: AuditVerdictDto, known: readonly string[]): void {
  const wrong = findings.length + more;
  if (wrong > 0) throw new Tampered(`the audit is not as it was written: ${wrong} ${wrong === 1 ? 'finding' : 'findings'}; docs/audit.md says what each means`);
  const missing = earlier.find(({ hash }) => !known.some((start) => hash.startsWith(start)));
  if (missing) throw new Tampered(`an earlier chain of the audit is not here: when you know why (the database was lost and rebuilt), say so by --earlier ${missing.hash.slice(0, 16)}; when you do not, somebody has removed it`);
}

function sayVerdict({ terminal }: Context, { entries, start, end, newestHead, heads, earlier, findings, more, notes }: AuditVerdictDto): void {
  const from = start.sequence === 0 ? '' : `, behind the checkpoint at ${start.sequence}`;
  terminal.out(`${entries} entries${from}, up to ${end.sequence} (${end.hash.slice(0, 16)}…)`);
  if (newestHead) terminal.out(`${heads} signed heads; the newest counts ${newestHead.sequence} and is of ${newestHead.at}${end.sequence > newestHead.sequence ? `: the ${end.sequence - newestHead.sequence} after it are not signed yet` : ''}`);
  else terminal.out('No head was signed yet: an end that is cut off cannot be seen. `sluice audit sign` signs one');
  for (const chain of earlier) terminal.out(`EARLIER CHAIN, not here: it ended at ${chain.sequence} or later (${chain.hash.slice(0, 16)}…, signed ${chain.at} with the key ${chain.key}); entry ${chain.saidBy} of this one says that it was begun anew. An export of the earlier one can still be verified: --file, --key and --head`);
  for (const note of notes) terminal.out(`Note: ${note}`);
  if (findings.length > 0) writeTable(terminal, ['entry', 'finding', 'what'], findings.map(({ sequence, kind, message }) => [String(sequence), kind, message]));
  if (more > 0) terminal.out(`… and ${more} more`);
  if (findings.length === 0) terminal.out(earlier.length > 0 ? 'In this chain nothing was changed, left out, put elsewhere or cut off.' : 'Nothing was changed, left out, put elsewhere or cut off.');
}

function exportCommand(audit: Command, context: Context): void {
  filtered(audit.command('export').description('write the audit as JSON lines that `audit verify --file` checks; what a filter leaves out stays as a link without its text'))
    .option('--to <file>', 'write it there (default: standard output)')
    .action(async (options: FilterOptions & { readonly to?: string }, command: Command) => {
      const client = await clientFor(context, globalOptions(command));
      const body = Readable.from(await client.stream(API.exportAudit, { query: filterOf(options) }), { objectMode: false });
      if (options.to !== undefined) return pipeline(body, createWriteStream(resolve(context.folder, options.to), { mode: 0o600 }));
      body.setEncoding('utf8');
      let rest = '';
      for await (const chunk of body) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) context.terminal.out(line);
      }
    });
}

function signCommand(audit: Command, context: Context): void {
  audit
    .command('sign')
    .description('sign the end of the chain now; by itself that is done every hour')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const { head, told, notes } = await client.call(API.signAudit, { deadline: LONG_DEADLINE });
      if (globals.output === 'json') return writeJson(context.terminal, { head, told, notes });
      context.terminal.out(head ? `Signed: ${head.sequence} entries, ${head.hash}` : 'There is no entry yet');
      for (const name of told) context.terminal.out(`Told: ${name}`);
      for (const note of notes) context.terminal.out(`Note: ${note}`);
    });
}

function keyCommand(audit: Command, context: Context): void {
  audit
    .command('key')
    .description('print the public keys that heads are signed with: keep them somewhere else')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { keys } = await (await clientFor(context, globals)).call(API.auditHeads);
      if (globals.output === 'json') return writeJson(context.terminal, keys);
      for (const pem of Object.values(keys)) context.terminal.out(pem.trimEnd());
    });
}
