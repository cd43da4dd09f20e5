import { isName, personName, present, printableLine } from '@sluice/kernel';
import type { ApplicationName, CommitSha, EnvironmentName, PersonName } from '@sluice/kernel';
import type { FieldChange, ObjectChange, ObjectIdentity } from '@sluice/manifests';
import { sayAuthor } from './authors.js';
import { membersOf, sayTogether } from './members.js';
import type { Author, Candidate, Promotion } from './model.js';
import type { Verdict } from './verdict.js';

/** Bound of a body; forges take 65,536 characters. */
export const MAX_BODY = 60_000;
const MAX_OBJECTS = 60;
const MAX_FIELDS = 12;
const MAX_ROOTS = 20;
const MAX_AUTHORS = 50;
const GATES = '### Gates';

export interface BodyInput {
  readonly promotion: Pick<Promotion, 'id' | 'application' | 'from' | 'target' | 'attempt' | 'candidate' | 'authors' | 'verdicts' | 'requester'>;
  readonly changes: readonly ObjectChange[];
  /** Why there is no diff. */
  readonly diffMessage?: string;
  /** What of it was rendered, and by what; what was not, and why. */
  readonly rendering?: readonly string[];
  /** Subjects of the commits that this brings, newest first. */
  readonly commits: readonly { readonly sha: string; readonly subject: string; readonly author: string }[];
  readonly promotionUrl?: string;
  /** Why applications that are no release set go together. */
  readonly moves?: string;
  /** Why somebody wants a rollback. */
  readonly reason?: string;
  /** Where the target has several sources. `commits`: all of them are asked, and this is where each has the content; of several applications, of each. */
  readonly sources?: { readonly taken: EnvironmentName; readonly named: readonly EnvironmentName[]; readonly commits?: readonly { readonly environment: EnvironmentName; readonly commit: CommitSha; readonly application?: ApplicationName }[] };
}

/** The text of a promotion request (Markdown). Text from commits and files is escaped, so that nobody can forge a marker, a mention or a link. */
export function requestBody(input: BodyInput): string {
  const { promotion } = input;
  const sections = [
    introduction(promotion, input),
    sourcesSection(input.sources),
    changesSection(input),
    notesSection(promotion.candidate),
    commitsSection(input.commits),
    peopleSection(promotion.authors, promotion.requester),
    gatesSection(promotion.verdicts),
  ].filter((section) => section !== '');
  const text = sections.join('\n\n');
  const cut = text.length > MAX_BODY ? `${text.slice(0, MAX_BODY)}\n\n… (cut)` : text;
  return `${cut}\n\n${formatMarker({ promotion: promotion.id, digest: promotion.candidate.digest, attempt: promotion.attempt, ...present({ requester: promotion.requester }) })}\n`;
}

/** The same text with the gates as they are now; undefined when it is no text of ours, or there is no room. */
export function withGates(body: string, verdicts: readonly Verdict[]): string | undefined {
  const text = body.trimEnd();
  const end = text.lastIndexOf('\n');
  const marker = text.slice(end + 1);
  if (!parseMarker(marker)) return undefined;
  const before = text.slice(0, Math.max(end, 0)).trimEnd();
  // nothing that is escaped begins a line with a heading
  const start = before.lastIndexOf(GATES);
  const rest = start < 0 ? before : before.slice(0, start).trimEnd();
  const next = `${rest}\n\n${gatesSection(verdicts)}\n\n${marker}\n`;
  return next.length > MAX_BODY + marker.length ? undefined : next;
}

export interface Marker {
  readonly promotion: string;
  readonly digest: string;
  readonly attempt: number;
  /** Who asked for it: a rebuilt promotion still knows whose approval does not count. */
  readonly requester?: PersonName;
}

/** The machine-readable line of a body. Ours is the last line: everything before it is escaped and cannot hold one. */
export function formatMarker(marker: Marker): string {
  const requester = marker.requester === undefined ? '' : ` by ${marker.requester}`;
  return `<!-- sluice:promotion ${marker.promotion} ${marker.digest} ${marker.attempt}${requester} -->`;
}

/** The marker in the last line of a body; undefined when there is none. */
export function parseMarker(body: string): Marker | undefined {
  const last = body.trimEnd().split('\n').at(-1) ?? '';
  const match = /^<!-- sluice:promotion ([a-z0-9-]{1,200}) ([0-9a-f]{64}) (\d{1,9})(?: by ([a-z0-9-]{1,63}))? -->$/.exec(last);
  if (!match) return undefined;
  const [, promotion = '', digest = '', attempt = '', requester] = match;
  return { promotion, digest, attempt: Number(attempt), ...(requester !== undefined && isName(requester) && { requester: personName(requester) }) };
}

/** Untrusted text as inert Markdown: no mark-up, no HTML or comment, no mention, no issue or commit reference, one line. */
export function escapeMarkdown(text: string, maxLength = 200): string {
  return printableLine(text, maxLength)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~-]/g, (character) => `\\${character}`)
    .replace(/@/g, '@\u2060')
    .replace(/:\/\//g, ':\u2060//');
}

function introduction(promotion: BodyInput['promotion'], { promotionUrl: url, moves, reason }: Pick<BodyInput, 'promotionUrl' | 'moves' | 'reason'>): string {
  const { candidate } = promotion;
  const name = candidate.members ? sayTogether(membersOf(promotion), candidate.set) : promotion.application;
  const what: Record<Candidate['kind'], string> = {
    change: `Brings **${name}** from \`${promotion.from}\` to \`${promotion.target}\`.`,
    'record-only': `\`${promotion.target}\` has this content of **${name}** already; only the ledger moves on. No approval is needed.`,
    rollback: `Undoes in \`${promotion.target}\` what ${candidate.undoes?.length === 1 ? 'one promotion' : `${candidate.undoes?.length ?? 0} promotions`} of **${name}** had brought (${(candidate.undoes ?? []).map((id) => `\`${id}\``).join(', ')}). What was changed there otherwise stays; the same content is held until somebody promotes it again.`,
    adopt: `There is no usable record of an earlier promotion of **${name}** to \`${promotion.target}\`. This is the whole difference; it waits for a person.`,
  };
  const link = url === undefined ? '' : `\n\n[Promotion ${promotion.id}](${url})`;
  return `${what[candidate.kind]}${rollbackWords(candidate, reason)}${togetherWords(candidate, moves)}\n\nSource commit \`${candidate.source}\`.${link}`;
}

function rollbackWords({ kind, notes }: Candidate, reason: string | undefined): string {
  const incomplete = kind === 'rollback' && notes.length > 0 ? '\n\n**Not everything is undone**: see below.' : '';
  return reason === undefined ? incomplete : `${incomplete}\n\nReason: ${escapeMarkdown(reason, 1_000)}`;
}

function togetherWords({ members }: Candidate, moves: string | undefined): string {
  if (!members) return '';
  return `\n\nIt is merged as one: ${members.map(({ application, source }) => `\`${application}\` of \`${source.slice(0, 10)}\``).join(', ')}.${moves === undefined ? '' : ` ${escapeMarkdown(moves, 1_000)}`}`;
}

function sourcesSection(sources: BodyInput['sources']): string {
  if (!sources) return '';
  const { taken, named, commits } = sources;
  if (!commits) return `Taken from \`${taken}\`; any of ${named.map((name) => `\`${name}\``).join(', ')} would have done.`;
  const has = commits.map(({ environment, commit, application }) => `- \`${environment}\` has ${application === undefined ? 'it' : `\`${application}\``} as \`${commit}\``);
  return `Composed from \`${taken}\`. All of these have to have had it live:\n\n${has.join('\n')}`;
}

export function changesSection({ changes, diffMessage, rendering = [] }: Pick<BodyInput, 'changes' | 'diffMessage' | 'rendering'>): string {
  const how = rendering.slice(0, MAX_ROOTS).map((line) => `\n\n${escapeMarkdown(line, 1_000)}`).join('');
  if (changes.length === 0) return diffMessage === undefined && how === '' ? '' : `### Changes${diffMessage === undefined ? '' : `\n\n${escapeMarkdown(diffMessage)}`}${how}`;
  const shown = changes.slice(0, MAX_OBJECTS).map(objectLines);
  const rest = changes.length > MAX_OBJECTS ? [`- … and ${changes.length - MAX_OBJECTS} more`] : [];
  return `### Changes\n\n${[...shown, ...rest].join('\n')}${how}`;
}

function objectLines(change: ObjectChange): string {
  const name = change.object ? describeObject(change.object) : change.path;
  const lines = change.lines ? ` (+${change.lines.added} −${change.lines.removed} lines)` : '';
  const fields = change.fields.slice(0, MAX_FIELDS).map((field) => `  - ${fieldLine(field)}`);
  const rest = change.truncated || change.fields.length > MAX_FIELDS ? ['  - …'] : [];
  return [`- **${change.change}** ${escapeMarkdown(name)}${lines}`, ...fields, ...rest].join('\n');
}

function fieldLine(field: FieldChange): string {
  const side = (value: string | undefined): string => (value === undefined ? 'nothing' : escapeMarkdown(value, 120));
  return `${escapeMarkdown(field.field)}: ${side(field.before)} → ${side(field.after)}`;
}

/** `Deployment shop/checkout`, `Ingress.networking.k8s.io web`. */
export function describeObject(object: ObjectIdentity): string {
  const kind = object.group === '' ? object.kind : `${object.kind}.${object.group}`;
  return `${kind} ${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}`;
}

function notesSection(candidate: Candidate): string {
  if (candidate.notes.length === 0) return '';
  const lines = candidate.notes.slice(0, 30).map((note) => `- ${escapeMarkdown(note.field)} in ${escapeMarkdown(note.path)}: ${escapeMarkdown(note.message)}`);
  return `### Please look at\n\n${lines.join('\n')}`;
}

export function commitsSection(commits: BodyInput['commits']): string {
  if (commits.length === 0) return '';
  const lines = commits.slice(0, 30).map((commit) => `- \`${commit.sha.slice(0, 10)}\` ${escapeMarkdown(commit.subject)} (${escapeMarkdown(commit.author, 80)})`);
  const rest = commits.length > 30 ? [`- … and ${commits.length - 30} more`] : [];
  return `### Commits\n\n${[...lines, ...rest].join('\n')}`;
}

function peopleSection(authors: readonly Author[], requester: string | undefined): string {
  const names = authors.slice(0, MAX_AUTHORS).map((author) => (author.person === undefined ? `${escapeMarkdown(author.login === undefined && author.beyond === undefined ? author.name : sayAuthor(author), 80)} (not mapped to a person)` : escapeMarkdown(author.person)));
  const more = authors.length > MAX_AUTHORS ? ` and ${authors.length - MAX_AUTHORS} more` : '';
  const lines = [...(names.length > 0 ? [`Authors: ${names.join(', ')}${more}`] : []), ...(requester === undefined ? [] : [`Requested by: ${escapeMarkdown(requester)}`])];
  return lines.join('\n\n');
}

function gatesSection(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return '';
  const signs: Record<Verdict['outcome'], string> = { pass: '✅', wait: '⏳', fail: '❌' };
  const outcome = (verdict: Verdict): string => {
    const passes = verdict.outcome === 'pass' && verdict.evidence['overridden'] !== undefined ? '⚠️ **overridden**' : `${signs[verdict.outcome]} ${verdict.outcome}`;
    return `${passes}${verdict.evidence['breakGlass'] === undefined ? '' : ' ⚠️ **by break-glass**'}${verdict.evidence['delegated'] === undefined ? '' : ' ⚠️ **delegated**'}`;
  };
  const rows = verdicts.map((verdict) => `| ${escapeMarkdown(verdict.gate)} | ${outcome(verdict)} | ${escapeMarkdown(verdict.message)} |`);
  return `${GATES}\n\n| gate | verdict | why |\n| --- | --- | --- |\n${rows.join('\n')}`;
}
