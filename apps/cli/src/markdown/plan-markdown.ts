import type { ContentPlanDto, ObjectChangeDto, Plan } from '@sluice/contracts';
import { code, fitting, prose, sizeOf } from './inert.js';

type Item = Plan['items'][number];

/** GitHub takes 65,536 characters; what a pipeline file has to say goes beside it. */
const MAX_PLAN_BYTES = 50_000;
const TITLE = '### Sluice plan';
const MAX_FIELDS = 20;
const MAX_LINES = 120;
const STUCK: ReadonlySet<Item['outcome']> = new Set(['conflict', 'blocked', 'held', 'closed', 'waiting', 'adopt']);
const SIGNS = { pass: '✅', wait: '⏳', fail: '❌' } as const;
const CHANGES = { added: '➕', removed: '➖', modified: '✏️' } as const;
const CUT = '\n_The rest is cut: `sluice plan` shows it whole._\n';

/** A plan for a pull request: one section an environment, which opens by a tap; no wide tables. What is too long is cut by whole lines and says so. */
export function planMarkdown(plan: Plan, about: readonly string[] = []): string {
  const environments = [...new Set(plan.items.map(({ environment }) => environment))];
  const head = [TITLE, ...about.map((line) => prose(line)), summary(plan)].join('\n\n');
  const sections = environments.map((environment) => section(environment, plan.items.filter((item) => item.environment === environment)));
  return `${head}\n\n${withinBounds(sections, MAX_PLAN_BYTES - sizeOf(head) - 100)}`.trimEnd();
}

/** What a plan of a commit or a work tree is based on. */
export function aboutPlan(plan: Plan | ContentPlanDto): readonly string[] {
  if (!('as' in plan)) return [];
  const { as, base, behind } = plan;
  const onto = base === undefined ? '' : `, based on ${base.slice(0, 10)}${behind > 0 ? `, ${behind} ${behind === 1 ? 'commit' : 'commits'} behind it` : ''}`;
  return [`As content of ${as}${onto}.`];
}

/** In place of a plan that could not be made. */
export function failedPlanMarkdown(message: string): string {
  return `${TITLE}\n\n❌ It could not be made: ${prose(message, 1_000)}`;
}

interface Section {
  readonly summary: string;
  readonly blocks: readonly string[];
}

/** Each environment keeps its line; each gets a fair part of the room. */
function withinBounds(sections: readonly Section[], bytes: number): string {
  let room = bytes;
  return sections
    .map(({ summary: title, blocks }, index) => {
      const share = Math.floor(room / (sections.length - index));
      const text = details(title, blocks, share);
      room -= sizeOf(text);
      return text;
    })
    .join('\n');
}

function details(title: string, blocks: readonly string[], bytes: number): string {
  // an empty line before Markdown, or it stays HTML
  const frame = (inside: string): string => `<details><summary>${title}</summary>\n\n${inside}\n</details>\n`;
  const { text, left } = fitting(blocks, bytes - sizeOf(frame('')) - sizeOf(CUT));
  return frame(left === 0 ? text : `${text}${CUT}`);
}

function summary({ items }: Plan): string {
  if (items.length === 0) return 'Nothing is promoted from here.';
  const moving = items.filter(({ outcome }) => outcome !== 'in-sync');
  return moving.length === 0 ? 'Nothing would change anywhere.' : `${moving.length} of ${items.length} ${items.length === 1 ? 'way' : 'ways'} into an environment would change or wait.`;
}

function section(environment: string, items: readonly Item[]): Section {
  const counts = new Map<string, number>();
  for (const { outcome } of items) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const stuck = items.some(({ outcome }) => STUCK.has(outcome)) ? '⚠️ ' : '';
  const told = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  const quiet = items.filter(({ outcome }) => outcome === 'in-sync').map(({ application }) => code(application));
  const blocks = items.filter(({ outcome }) => outcome !== 'in-sync').flatMap(itemBlocks);
  return { summary: `${stuck}<b>${prose(environment)}</b>: ${prose(told)}`, blocks: quiet.length === 0 ? blocks : [...blocks, `In sync: ${quiet.join(', ')}\n`] };
}

function itemBlocks(item: Item): readonly string[] {
  const { application, after, outcome, message } = item;
  const title = `**${prose(application)}**${after === undefined ? '' : ` (after ${prose(after)})`} ${outcome}: ${prose(message, 600)}\n`;
  const lines = [
    ...item.now.map((now) => `- ⚠️ now ${prose(now.condition)}: ${prose(now.message, 600)}`),
    ...item.conflicts.map((conflict) => `- ❌ ${code(conflict.path)}${conflict.field === undefined ? '' : ` ${code(conflict.field)}`}: ${prose(conflict.message)}`),
    ...item.notes.map((note) => `- ❗ ${code(note.path)} ${code(note.field)}: ${prose(note.message)}`),
    ...item.gates.map((gate) => `- ${SIGNS[gate.outcome]} ${prose(gate.gate)}: ${prose(gate.message)}`),
    ...item.changes.map(changeLine),
    ...item.rendering.map((line) => `- ${prose(line, 600)}`),
  ];
  const rest = lines.length > MAX_LINES ? [`- … and ${lines.length - MAX_LINES} more`] : [];
  return [title, ...lines.slice(0, MAX_LINES), ...rest, ''];
}

function changeLine(change: ObjectChangeDto): string {
  const { object, lines } = change;
  const name = object ? `${object.kind} ${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}` : change.path;
  const count = lines ? ` (+${lines.added} −${lines.removed} lines)` : '';
  const fields = change.change === 'modified' ? change.fields.slice(0, MAX_FIELDS).map(({ field, before, after }) => `\n  - ${code(field)}: ${value(before)} → ${value(after)}`) : [];
  const rest = change.truncated || fields.length < change.fields.length && change.change === 'modified' ? ['\n  - …'] : [];
  return `- ${CHANGES[change.change]} ${code(name)}${count}${[...fields, ...rest].join('')}`;
}

function value(text: string | undefined): string {
  return text === undefined ? '–' : code(text, 120);
}
