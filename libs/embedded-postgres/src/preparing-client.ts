import pg from 'pg';

/** Statements that one connection keeps prepared at most. */
const MOST_NAMES = 300;
/** Statements remembered that came only once or twice. */
const MOST_SEEN = 2_000;
/** Statements with a list of rows in them come in a new length each time. */
const LONGEST = 8_000;
/** What is prepared at its first use is prepared for nothing when there is no second one. */
const PREPARED_AT = 3;

type QueryArguments = Parameters<pg.Client['query']>;

/** The names of the statements that this process says again and again. The same for all connections. */
class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #seen = new Map<string, number>();

  /** @returns undefined for a statement that is not worth a name (yet). */
  of(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || text.length > LONGEST || this.#names.size >= MOST_NAMES) return known;
    const times = (this.#seen.get(text) ?? 0) + 1;
    if (times >= PREPARED_AT) return this.#name(text);
    if (this.#seen.size >= MOST_SEEN) this.#seen.clear();
    this.#seen.set(text, times);
    return undefined;
  }

  #name(text: string): string {
    const name = `s${this.#names.size}`;
    this.#seen.delete(text);
    this.#names.set(text, name);
    return name;
  }
}

const names = new StatementNames();

/** A client that has the server parse and plan a statement with parameters once, and not each time that it is said: for short statements that is most of their cost. */
export class PreparingClient extends pg.Client {
  override query(...args: unknown[]): never {
    const [config, ...rest] = args;
    return super.query(...([prepared(config, rest[0]), ...rest] as unknown as QueryArguments)) as unknown as never;
  }
}

function prepared(config: unknown, values: unknown): unknown {
  if (typeof config === 'string') return Array.isArray(values) && values.length > 0 ? named({ text: config }) : config;
  return isStatement(config, values) ? named(config) : config;
}

function named<Config extends { readonly text: string }>(config: Config): Config | (Config & { readonly name: string }) {
  const name = names.of(config.text);
  return name === undefined ? config : { ...config, name };
}

/** One that has parameters and no name of its own; what has `submit` is a query already. */
function isStatement(config: unknown, values: unknown): config is { readonly text: string } {
  if (typeof config !== 'object' || config === null || 'submit' in config || !('text' in config) || typeof config.text !== 'string') return false;
  if ('name' in config && config.name !== undefined) return false;
  const given: unknown = 'values' in config ? config.values : values;
  return Array.isArray(given) && given.length > 0;
}
