import type { PolicyGate } from '@sluice/pipeline';
import type { PolicyResult } from '@sluice/policy';
import type { Judgement } from './verdicts.js';

export interface PolicyFinding {
  readonly kind: 'policy';
  readonly result: PolicyResult;
}

const SHOWN = 3;

/** `policy`: every rule holds. A rule that cannot be evaluated does not hold, and neither does any over a file that cannot be read. */
export function evaluatePolicyGate({ validations }: PolicyGate, { result }: PolicyFinding): Judgement {
  const { problems, objects, unreadable } = result;
  const evidence = { rules: validations.length, broken: problems.length, objects };
  if (unreadable.length > 0) {
    return { outcome: 'fail', message: `${unreadable.slice(0, SHOWN).join(', ')} cannot be read, so no rule has seen what is in it`, clearedBy: 'a change that makes it readable', evidence };
  }
  if (problems.length === 0) return { outcome: 'pass', message: `${counted(validations.length, 'rule holds', 'rules hold')} for ${counted(objects, 'object', 'objects')}`, evidence };
  const texts = problems.slice(0, SHOWN).map(({ index, kind, message }) => (kind === 'broken' ? message : `rule ${index + 1} could not be evaluated: ${message}`));
  const more = problems.length > SHOWN ? `; and ${problems.length - SHOWN} more` : '';
  return { outcome: 'fail', message: `${texts.join('; ')}${more}`, clearedBy: 'a change of the content that keeps the rules, or of the rules', evidence };
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
