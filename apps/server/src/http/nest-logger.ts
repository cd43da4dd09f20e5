import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@sluice/runtime';

/** Nest's own messages in our log. What it says about its start is of no interest to an operator. */
export class NestLogger implements LoggerService {
  constructor(private readonly to: Logger) {}

  log(): void {}
  debug(): void {}
  verbose(): void {}

  warn(message: unknown, ...context: unknown[]): void {
    this.to.warn({ source: 'nest', said: String(message), context: context.map(String) }, 'framework warning');
  }

  error(message: unknown, ...context: unknown[]): void {
    this.to.error({ source: 'nest', ...(message instanceof Error ? { err: message } : { said: String(message) }), context: context.map(String) }, 'framework error');
  }

  fatal(message: unknown, ...context: unknown[]): void {
    this.error(message, ...context);
  }
}
