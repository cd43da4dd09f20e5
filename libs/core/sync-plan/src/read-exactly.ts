import type { Value } from '@sluice/manifests';

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS: Readonly<Record<string, Value>> = { t: true, f: false, n: null };

/** Reads a text that is known to be JSON, with every whole number kept as it is written. @throws RangeError when it nests too deep */
export function readExactly(text: string, maxDepth: number): Value {
  return new ExactReader(text, maxDepth).read(0);
}

class ExactReader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  read(depth: number): Value {
    if (depth > this.maxDepth) throw new RangeError(`deeper than ${this.maxDepth} levels`);
    const first = this.next();
    if (first === '{') return this.map(depth);
    if (first === '[') return this.list(depth);
    if (first === '"') return this.string();
    const word = WORDS[first];
    return word === undefined ? this.number() : this.word(word);
  }

  private map(depth: number): Value {
    const map = new Map<string, Value>();
    this.at += 1;
    while (this.next() !== '}') {
      const key = this.string();
      this.expect();
      map.set(key, this.read(depth + 1));
      if (this.next() === ',') this.at += 1;
    }
    this.at += 1;
    return map;
  }

  private list(depth: number): Value {
    const list: Value[] = [];
    this.at += 1;
    while (this.next() !== ']') {
      list.push(this.read(depth + 1));
      if (this.next() === ',') this.at += 1;
    }
    this.at += 1;
    return list;
  }

  private string(): string {
    const start = this.at;
    let end = start + 1;
    while (this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1;
    this.at = end + 1;
    return JSON.parse(this.text.slice(start, this.at)) as string;
  }

  private number(): Value {
    NUMBER.lastIndex = this.at;
    const digits = NUMBER.exec(this.text)?.[0] ?? '0';
    this.at += digits.length;
    const number = Number(digits);
    return /[.eE]/.test(digits) || Number.isSafeInteger(number) ? number : BigInt(digits);
  }

  private word(value: Value): Value {
    this.at += String(value).length;
    return value;
  }

  /** The colon after a key. */
  private expect(): void {
    this.next();
    this.at += 1;
  }

  /** The character that the next token begins with. */
  private next(): string {
    while (/\s/.test(this.text[this.at] ?? '')) this.at += 1;
    return this.text[this.at] ?? '';
  }
}
