import { stripVTControlCharacters } from 'node:util';
import { printable } from '@sluice/kernel';

/** Bytes of the beginning, and of the end, that are kept. */
const HALF = 32 * 1024;

/** What a command writes, whatever it is and however much: its beginning and its end. */
export class KeptOutput {
  private readonly head: Buffer[] = [];
  private headBytes = 0;
  private tail = Buffer.alloc(0);
  private total = 0;

  add(chunk: Buffer): void {
    this.total += chunk.length;
    const room = HALF - this.headBytes;
    if (room > 0) {
      // a copy: the chunk may be a small part of a large block
      const part = Buffer.from(chunk.subarray(0, room));
      this.head.push(part);
      this.headBytes += part.length;
    }
    const rest = chunk.subarray(Math.max(0, room));
    if (rest.length > 0) this.tail = Buffer.concat([this.tail, rest.subarray(-HALF)]).subarray(-HALF);
  }

  /** As text without control characters and colours; says how much was left out. */
  text(): string {
    const left = this.total - this.headBytes - this.tail.length;
    const [head, tail] = left > 0 ? [shown(Buffer.concat(this.head)), shown(this.tail)] : [shown(Buffer.concat([...this.head, this.tail])), ''];
    return left > 0 ? `${head}\n… ${left} bytes left out …\n${tail}` : head;
  }
}

function shown(bytes: Buffer): string {
  const text = stripVTControlCharacters(bytes.toString('utf8')).replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  return printable(text, text.length);
}
