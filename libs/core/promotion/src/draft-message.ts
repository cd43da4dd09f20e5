import { applicationName, commitSha, isName, printableLine } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import type { Author, ConflictDraft } from './model.js';
import { draftTitle, isDraftTitle } from './title.js';

type Recorded = Pick<ConflictDraft, 'source' | 'base' | 'bases' | 'resolvers'>;

const COMMIT = '[0-9a-f]{40}(?:[0-9a-f]{24})?';
const SOURCE = new RegExp(`^Sluice-Source: [^ ]+ (${COMMIT})$`);
const BASE = new RegExp(`^Sluice-Base: (${COMMIT})$`);
const BASE_OF = new RegExp(`^Sluice-Base-Of: ([^ ]+)(?: (${COMMIT}))?$`);
const RESOLVED_BY = /^Sluice-Resolved-By: (.{0,200}) <([^<>]{0,200})>$/;

/** The message of a draft's commit: what it is a composition of, so that whoever finds its branch can go on with what was resolved there. */
export function draftMessage(subject: Parameters<typeof draftTitle>[0], { base, bases = [], resolvers }: Omit<Recorded, 'source'>): string {
  return [
    draftTitle(subject),
    '',
    `Sluice-Source: ${subject.from} ${subject.source}`,
    ...(base === undefined ? [] : [`Sluice-Base: ${base}`]),
    ...bases.map(({ application, base: own }) => `Sluice-Base-Of: ${application}${own === undefined ? '' : ` ${own}`}`),
    ...resolverLines(resolvers),
    '',
  ].join('\n');
}

/** Reads {@link draftMessage}; undefined for other messages. */
export function parseDraftMessage(message: string): Recorded | undefined {
  const lines = message.split('\n');
  const [source] = found(lines, SOURCE);
  if (!isDraftTitle(lines[0] ?? '') || source === undefined) return undefined;
  const [base] = found(lines, BASE);
  const bases = lines.flatMap((line) => {
    const [, name = '', own] = BASE_OF.exec(line) ?? [];
    return isName(name) ? [{ application: applicationName(name), ...(own !== undefined && { base: commitSha(own) }) }] : [];
  });
  return { source, resolvers: parseResolvers(message), ...(base && { base }), ...(bases.length > 0 && { bases }) };
}

function found(lines: readonly string[], pattern: RegExp): readonly CommitSha[] {
  return lines.flatMap((line) => pattern.exec(line)?.[1] ?? []).map(commitSha);
}

export function resolverLines(resolvers: readonly Author[]): readonly string[] {
  return resolvers.map(({ name, email }) => `Sluice-Resolved-By: ${printableLine(`${name} <${email}>`, 250)}`);
}

/** Those who have resolved conflicts, as a commit of ours names them. */
export function parseResolvers(message: string): readonly Author[] {
  return message.split('\n').flatMap((line) => {
    const [, name, email] = RESOLVED_BY.exec(line) ?? [];
    if (name === undefined || email === undefined) return [];
    return [{ name, email, ...(email === '' && { login: name }) }];
  });
}
