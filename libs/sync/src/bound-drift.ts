import { printableLine } from '@sluice/kernel';
import type { DriftDiff } from '@sluice/sync-plan';
import { type DriftRecord, REPORT_LIMITS } from './state-report.js';

/** Records with diffs within the bounds of a report: the first ones keep theirs; where there is no room for what a capture needs, there may still be for what is shown. */
export function boundDrift(records: readonly DriftRecord[]): readonly DriftRecord[] {
  let room: number = REPORT_LIMITS.diffBytes;
  return records.map(({ diff, ...record }) => {
    if (diff === undefined) return record;
    const { capture, ...visible } = shownDiff(diff);
    const candidates: readonly DriftDiff[] = [...(capture ? [{ ...visible, capture }] : []), visible];
    const fitting = candidates.find((candidate) => sizeOf(candidate) <= room);
    if (fitting === undefined) return { ...record, diff: { fields: [], truncated: true } };
    room -= sizeOf(fitting);
    return { ...record, diff: fitting };
  });
}

function sizeOf(diff: DriftDiff): number {
  return Buffer.byteLength(JSON.stringify(diff));
}

/** Every text that is shown, cleaned and shortened. */
function shownDiff({ fields, foreign, ...rest }: DriftDiff): DriftDiff {
  return {
    ...rest,
    fields: fields.map(shownTexts),
    ...(foreign && { foreign: foreign.map(shownTexts) }),
  };
}

function shownTexts<T extends object>(texts: T): T {
  const limit = (name: string): number => (name === 'field' || name === 'object' ? REPORT_LIMITS.field : REPORT_LIMITS.value);
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, typeof text === 'string' ? printableLine(text, limit(name)) : text])) as T;
}
