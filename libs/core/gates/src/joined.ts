import type { Instant } from '@sluice/kernel';
import type { Judgement } from './verdicts.js';

export interface Answer {
  readonly name: string;
  readonly judgement: Judgement;
}

/** One judgement of several: the worst of them, and what each that is as bad says. */
export function joined(answers: readonly Answer[]): Judgement {
  const outcome = (['fail', 'wait'] as const).find((one) => answers.some(({ judgement }) => judgement.outcome === one)) ?? 'pass';
  const telling = answers.filter(({ judgement }) => judgement.outcome === outcome);
  const evidence = Object.fromEntries(answers.flatMap(({ name, judgement }) => [[name, judgement.outcome], ...runOf(name, judgement)]));
  const message = said(telling);
  return { outcome, message, evidence, ...(outcome === 'pass' ? {} : { clearedBy: clearers(telling) }), ...untilOf(telling) };
}

/** What was run for it, and where its output is. */
function runOf(name: string, { evidence = {} }: Judgement): readonly (readonly [string, string | number | boolean | null])[] {
  return (['run', 'url'] as const).flatMap((key) => (evidence[key] === undefined ? [] : [[`${name}.${key}`, evidence[key]] as const]));
}

/** What was passed before comes back with the words of all. */
function said(answers: readonly Answer[]): string {
  const [first] = answers;
  const isSame = answers.length > 1 && answers.every(({ judgement }) => judgement.message === first?.judgement.message);
  return isSame && first ? first.judgement.message : answers.map(({ name, judgement }) => `${name}: ${judgement.message}`).join('; ');
}

function clearers(answers: readonly Answer[]): string {
  return [...new Set(answers.flatMap(({ judgement }) => (judgement.clearedBy === undefined ? [] : [judgement.clearedBy])))].join('; ');
}

/** Only when all that is left is time does anybody know when. */
function untilOf(answers: readonly Answer[]): Pick<Judgement, 'until'> {
  const times = answers.map(({ judgement }) => judgement.until);
  if (times.length === 0 || times.some((time) => time === undefined)) return {};
  return { until: Math.max(...times.map((time) => time ?? 0)) as Instant };
}
