import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

/** Structured logger: `log.info({ repository }, 'repository created')`. Messages are static, data is metadata. */
export type Logger = PinoLogger;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const CENSOR = '[redacted]';
const SECRET_KEYS = ['authorization', 'cookie', 'password', 'secret', 'token', 'joinToken', 'credential', 'privateKey', 'set-cookie'];

/** Fields that may hold a secret, at any of the depths that we log. */
function redactedPaths(): string[] {
  return SECRET_KEYS.flatMap((key) => {
    const field = key.includes('-') ? `["${key}"]` : key;
    const dotted = key.includes('-') ? field : `.${field}`;
    return [field, `*${dotted}`, `*.*${dotted}`, `*.*.*${dotted}`];
  });
}

// user:password@ in a URL that came along in an error's message or stack (a database driver likes to)
const URL_CREDENTIAL = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*(?::[^\s/@]*)?@/gi;

/** A text without the credentials of the URLs in it. */
export function withoutUrlCredentials(text: string): string {
  return text.replace(URL_CREDENTIAL, '$1');
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    message: withoutUrlCredentials(error.message),
    stack: error.stack === undefined ? undefined : withoutUrlCredentials(error.stack),
    ...(code === undefined ? {} : { code }),
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  };
}

/** A logger of JSON lines, by default on standard error: standard output belongs to what a program answers. */
export function createLogger(options: { readonly name: string; readonly level: LogLevel; readonly destination?: DestinationStream }): Logger {
  return pino(
    {
      name: options.name,
      level: options.level,
      base: { name: options.name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactedPaths(), censor: CENSOR },
      serializers: { err: serializeError, error: serializeError },
    },
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  );
}
