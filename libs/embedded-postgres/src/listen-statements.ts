const STATEMENT = /(?:^|;)\s*(UN)?LISTEN\s+("(?:[^"]|"")+"|\*|[a-z_][\w$]*)\s*(?=;|$)/gi;
const ONLY_UNLISTEN = /^\s*UNLISTEN\s+("(?:[^"]|"")+"|\*|[a-z_][\w$]*)\s*;?\s*$/i;

/** What a text subscribes its client to. `*` (with `listen: false`): everything. */
export interface ListenStatement {
  readonly listen: boolean;
  readonly channel: string;
}

export function listenStatements(sql: string): readonly ListenStatement[] {
  if (!/listen/i.test(sql)) return [];
  return [...withoutComments(sql).matchAll(STATEMENT)].map(([, un, name = '']) => ({ listen: !un, channel: channelName(name) }));
}

/** True for a text that is one UNLISTEN: it must not reach the database, where other clients listen in the same session. */
export function isUnlisten(sql: string): boolean {
  return /unlisten/i.test(sql) && ONLY_UNLISTEN.test(withoutComments(sql));
}

function withoutComments(sql: string): string {
  return sql.replace(/--[^\n]*/g, '');
}

function channelName(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}
