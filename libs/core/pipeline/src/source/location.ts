import { printableLine } from '@sluice/kernel';
import type { LineCounter } from 'yaml';

/** Keys and indices from the document's root. */
export type DocumentPath = readonly (string | number)[];

/** Offsets in the text of one entry of the document. */
interface Place {
  readonly key?: number;
  readonly value: number;
  readonly collection: boolean;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Which part of an entry a finding is about. */
export type Aspect = 'key' | 'value';

/** Where each entry of a document is written. */
export class Locations {
  private readonly places = new Map<string, Place>();

  constructor(private readonly lines: LineCounter) {}

  set(path: DocumentPath, place: Place): void {
    this.places.set(formatDocumentPath(path), place);
  }

  /** Position of an entry, or of the nearest one around it when it is missing. A collection is shown by its key. */
  of(path: DocumentPath, aspect: Aspect = 'value'): Position {
    for (let length = path.length; length >= 0; length--) {
      const place = this.places.get(formatDocumentPath(path.slice(0, length)));
      if (!place) continue;
      const byKey = aspect === 'key' || place.collection || length < path.length;
      return this.at((byKey ? place.key : undefined) ?? place.value);
    }
    return this.at(0);
  }

  at(offset: number): Position {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** `spec.environments[1].gates[0].type`; the root is the empty text. */
export function formatDocumentPath(path: DocumentPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `${text}[${JSON.stringify(printableLine(part, 80))}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}
