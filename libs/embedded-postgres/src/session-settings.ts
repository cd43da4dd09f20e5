/** What one client may set without the others seeing it: the settings that PostgreSQL 18 reports to its client when they change. */
const ISOLATED = ['search_path', 'application_name', 'TimeZone', 'DateStyle', 'IntervalStyle', 'standard_conforming_strings', 'default_transaction_read_only'] as const;

export type SettingName = (typeof ISOLATED)[number];
export type SessionSettings = ReadonlyMap<SettingName, string>;

/** The name in PostgreSQL's spelling; undefined for a setting that all clients share. */
export function isolatedSetting(name: string): SettingName | undefined {
  return ISOLATED.find((known) => known.toLowerCase() === name.toLowerCase());
}

/** The isolated ones of what a client asks for when it connects: parameters of the startup message and `-c name=value` in its `options`. @throws Error for another `-c`. */
export function settingsOfStartup(parameters: ReadonlyMap<string, string>): SessionSettings {
  const settings = new Map<SettingName, string>();
  for (const [name, value] of [...parameters, ...parseOptions(parameters.get('options') ?? '')]) {
    const known = isolatedSetting(name);
    if (known) settings.set(known, value);
  }
  return settings;
}

// `-c search_path=a\ b --timezone=UTC`: a backslash keeps the space
function parseOptions(options: string): readonly (readonly [string, string])[] {
  const words = options.match(/(?:\\.|\S)+/g) ?? [];
  const assignments = words.filter((word) => word !== '-c').map((word) => word.replace(/^(?:-c|--)/, '').replace(/\\(.)/g, '$1'));
  return assignments.map((assignment) => {
    const [name = '', ...value] = assignment.split('=');
    if (!isolatedSetting(name)) throw new Error(`the embedded database cannot set ${name} for one client`);
    return [name, value.join('=')] as const;
  });
}

/** The statement that takes the session from one client's settings to another's; undefined when there is nothing to do. */
export function switchSettings(from: SessionSettings, to: SessionSettings): string | undefined {
  const changes = [...to].filter(([name, value]) => from.get(name) !== value);
  if (changes.length === 0) return undefined;
  return `select ${changes.map(([name, value]) => `set_config('${name}', ${literal(value)}, false)`).join(', ')}`;
}

function literal(text: string): string {
  return `E'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}
